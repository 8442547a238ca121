"""Apache Spark, and whatever else speaks Spark Connect."""

import os

# No child process of ours speaks to Spark. gRPC would start threads in each, before it has become what it is to be.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
