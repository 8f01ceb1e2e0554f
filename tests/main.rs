//! All tests that run the program or read published data; one binary, because each links polars.

mod golden;
