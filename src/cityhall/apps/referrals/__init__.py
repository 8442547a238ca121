"""The referrals room: requests that belong to other bodies, what these answer, and how long they take."""
