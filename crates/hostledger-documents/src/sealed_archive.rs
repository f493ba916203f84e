//! Files in a zip that only a passphrase opens: AES-256, as WinZip and 7-Zip read it (AE-2).

use std::collections::HashSet;
use std::io::{Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{AesMode, CompressionMethod, ZipWriter};

use crate::Error;

/// A passphrase has at least so many characters.
pub const SHORTEST_PASSPHRASE: usize = 12;

/// Writes `files`, name and content, into a zip on `out`, every file encrypted under `passphrase`.
/// The names themselves are readable by anybody: keep names and TINs of payees out of them. A
/// name may have folders, parted by `/`. The salts are random, so that two archives of the same
/// files differ.
///
/// # Errors
/// [`Error::WeakPassphrase`] for fewer than [`SHORTEST_PASSPHRASE`] characters; [`Error::Unfit`]
/// for a name that could leave the folder it is unpacked to, or that comes twice;
/// [`Error::Archive`] and [`Error::Io`] when it can't be written.
pub fn seal(
    files: &[(String, Vec<u8>)],
    passphrase: &str,
    out: &mut (impl Write + Seek),
) -> Result<(), Error> {
    let found = passphrase.chars().count();
    if found < SHORTEST_PASSPHRASE {
        return Err(Error::WeakPassphrase {
            found,
            least: SHORTEST_PASSPHRASE,
        });
    }
    let mut names = HashSet::new();
    for (name, _) in files {
        if !is_safe(name) || !names.insert(name.as_str()) {
            return Err(Error::Unfit {
                place: format!("file \"{name}\""),
                reason: "an archive takes each name once, and no name that leaves its folder"
                    .into(),
            });
        }
    }
    let mut zip = ZipWriter::new(out);
    for (name, content) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(u32::try_from(content.len()).is_err())
            .unix_permissions(0o600)
            .with_aes_encryption(AesMode::Aes256, passphrase);
        zip.start_file(name.as_str(), options)?;
        zip.write_all(content)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

/// Plain parts without "..", drive letters or backslashes.
fn is_safe(name: &str) -> bool {
    !name.contains(['\\', ':', '\0'])
        && name
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    const PASSPHRASE: &str = "paper boats, 12 of them";

    fn files() -> Vec<(String, Vec<u8>)> {
        vec![
            ("forms/part-1.pdf".into(), b"form of host_1 ".repeat(400)),
            ("summary.csv".into(), b"host,name\r\n".to_vec()),
            ("empty.txt".into(), Vec::new()),
        ]
    }

    fn sealed(passphrase: &str) -> Result<Vec<u8>, Error> {
        let mut out = Cursor::new(Vec::new());
        seal(&files(), passphrase, &mut out)?;
        Ok(out.into_inner())
    }

    #[test]
    fn opens_with_its_passphrase_and_with_no_other() {
        let bytes = sealed(PASSPHRASE).unwrap();
        let clear = b"form of host_1";
        assert!(!bytes.windows(clear.len()).any(|window| window == clear));
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(zip.len(), 3);
        for (i, (name, content)) in files().into_iter().enumerate() {
            let mut file = zip.by_index_decrypt(i, PASSPHRASE.as_bytes()).unwrap();
            assert!(file.encrypted());
            assert_eq!(file.name().unwrap(), name);
            let mut read = Vec::new();
            file.read_to_end(&mut read).unwrap();
            assert_eq!(read, content);
        }
        for wrong in ["paper boats, 13 of them", "", "Paper boats, 12 of them"] {
            let opened = zip.by_index_decrypt(0, wrong.as_bytes());
            // One wrong passphrase in 65,536 passes the first check; the content then fails.
            let read = opened.map(|mut file| file.read_to_end(&mut Vec::new()).is_ok());
            assert!(!read.unwrap_or(false), "{wrong}");
        }
        assert!(zip.by_index(0).is_err(), "it must not open without one");
    }

    #[test]
    fn a_short_passphrase_is_refused() {
        for short in ["", "elevenchars", "Đặng Đặng Đ"] {
            let message = sealed(short).unwrap_err().to_string();
            assert!(message.contains("at least 12"), "{message}");
        }
        assert!(sealed("twelve chars").is_ok());
    }

    #[test]
    fn names_that_leave_the_folder_or_come_twice_are_refused() {
        for bad in ["", "/etc/x", "../x", "a/../x", "a\\x", "C:x", "a//b", "x/"] {
            let files = [(bad.to_owned(), Vec::new())];
            let refused = seal(&files, PASSPHRASE, &mut Cursor::new(Vec::new()));
            assert!(matches!(refused, Err(Error::Unfit { .. })), "{bad}");
        }
        let twice = [("a".to_owned(), Vec::new()), ("a".to_owned(), Vec::new())];
        assert!(seal(&twice, PASSPHRASE, &mut Cursor::new(Vec::new())).is_err());
    }
}
