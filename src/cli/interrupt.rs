//! What happens when the user presses Ctrl-C?
//!
//! Long work asks a flag between its blocks and ends cleanly when it is set. A second Ctrl-C ends
//! the program at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);
static HANDLER: OnceLock<()> = OnceLock::new();

/// The exit code of a program that Ctrl-C has ended, as shells have it.
const INTERRUPTED: i32 = 130;

/// The flag that Ctrl-C sets. Asked for the first time, it takes over Ctrl-C.
pub(crate) fn flag() -> &'static AtomicBool {
    HANDLER.get_or_init(|| {
        // Where no handler can be set, Ctrl-C ends the program as it always did.
        let _ = ctrlc::set_handler(|| {
            if STOP.swap(true, Ordering::Relaxed) {
                std::process::exit(INTERRUPTED);
            }
        });
    });
    &STOP
}
