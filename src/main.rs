//! The newsgrep command.

use std::process::ExitCode;

fn main() -> ExitCode {
    newsgrep::cli::main(std::env::args_os())
}
