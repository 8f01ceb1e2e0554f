//! How does a page become a PDF?
//!
//! By an installed browser of the Chromium family, without a window and without a network.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use levekaar::write::folder::write_file;
use miette::{IntoDiagnostic, WrapErr, miette};

/// Names under which such browsers are installed, the free ones first.
const NAMES: [&str; 7] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "msedge",
    "chrome",
];

/// Where they are on systems that do not put programs on the path.
const PLACES: [&str; 4] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/// The browser: the one that `LEVEKAAR_CHROMIUM` names, or an installed one.
pub(crate) fn browser() -> miette::Result<PathBuf> {
    if let Some(named) = std::env::var_os("LEVEKAAR_CHROMIUM").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return if named.is_file() {
            Ok(named)
        } else {
            Err(miette!(
                help = "it should be the path of a Chromium, Chrome or Edge",
                "`LEVEKAAR_CHROMIUM` names `{}`, which is not a file",
                named.display()
            ))
        };
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let ending = std::env::consts::EXE_SUFFIX;
    let on_path = std::env::split_paths(&folders)
        .flat_map(|folder| NAMES.map(|name| folder.join(format!("{name}{ending}"))));
    on_path.chain(PLACES.map(PathBuf::from)).find(|path| path.is_file()).ok_or_else(|| {
        miette!(
            help = "install one (Debian: `apt-get install chromium`), or name it in \
                    LEVEKAAR_CHROMIUM; or leave out `--pdf`, open the report in any browser and \
                    print it to a file",
            "no Chromium, Chrome or Edge is installed to print the PDF with"
        )
    })
}

/// Prints the page to `pdf`, complete or not at all.
pub(crate) fn print(browser: &Path, page: &Path, pdf: &Path) -> miette::Result<()> {
    let work = tempfile::tempdir().into_diagnostic().wrap_err("no room for temporary files")?;
    let page = page.canonicalize().into_diagnostic().wrap_err("the report is gone")?;
    let printed = work.path().join("printed.pdf");
    let mut command = Command::new(browser);
    command
        .args([
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--no-pdf-header-footer",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--host-resolver-rules=MAP * ~NOTFOUND",
        ])
        .arg(format!("--user-data-dir={}", work.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", printed.display()));
    // Its sandbox refuses to start for root; the page is our own and may load nothing.
    if is_root() {
        command.arg("--no-sandbox");
    }
    command.arg(address(&page)).stdin(Stdio::null());
    let said = command
        .output()
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot start `{}`", browser.display()))?;
    let bytes = std::fs::read(&printed).unwrap_or_default();
    if bytes.is_empty() {
        let words = String::from_utf8_lossy(&said.stderr);
        let last = words.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
        return Err(miette!(
            help = "the HTML is written; open it in a browser and print it to a file",
            "`{}` printed nothing: {last}",
            browser.display()
        ));
    }
    write_file(pdf, |out| std::io::Write::write_all(out, &bytes))?;
    Ok(())
}

/// `file:` with every byte that an address may not hold as `%XX`.
fn address(path: &Path) -> String {
    let mut out = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => {
                out.push(char::from(byte));
            }
            b'\\' => out.push('/'),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // Whose process this is, told without a system call of our own.
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_letters_beyond_ascii_are_escaped_in_addresses() {
        assert_eq!(address(Path::new("/a b/å#1.html")), "file:///a%20b/%C3%A5%231.html");
    }
}
