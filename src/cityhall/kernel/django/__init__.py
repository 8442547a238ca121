"""The kernel's side of Django: outbox, audit entries, command results, health, logs and the page layouts."""
