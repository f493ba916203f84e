//! Key slots: each user's passphrase opens the ledger's data key and that user's signing key.
//!
//! A slot seals both under a key that Argon2id makes from the passphrase. The file beside the
//! database holds nothing else, so a lost passphrase can't be recovered from it; a recovery slot
//! opens with a printed key.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hostledger_core::{Code, Error as Refusal};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::Result;

/// The slot that the printed recovery key opens.
pub const RECOVERY: &str = "recovery key";

/// Argon2id's cost. Each slot says its own.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// About a quarter of a second on a desktop of 2020.
    pub const DESKTOP: Self = Self {
        memory_kib: 64 * 1024,
        passes: 3,
    };
    /// Next to nothing: for ledgers that tests open thousands of times.
    pub const LEAST: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

const LANES: u32 = 1;

/// The key that encrypts the database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; 32]);

impl DataKey {
    /// A new random key.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn random() -> Result<Self> {
        Ok(Self(random()?))
    }

    /// The key in the form that `SQLCipher` takes raw.
    #[must_use]
    pub fn pragma(&self) -> Zeroizing<String> {
        Zeroizing::new(format!(
            "x'{}'",
            Zeroizing::new(hex::encode(self.0)).as_str()
        ))
    }
}

impl DataKey {
    /// Seals a secret that stands in a file of its own: whoever can open the ledger with their
    /// passphrase can open it.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn seal_secret(&self, purpose: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; 24] = random()?;
        let sealed = self
            .cipher_for(purpose)
            .encrypt(XNonce::from_slice(&nonce), secret)
            .map_err(|_| std::io::Error::other("sealing failed"))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Self::seal_secret`] sealed; `None` where it is something else.
    #[must_use]
    pub fn open_secret(&self, purpose: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_at_checked(24)?;
        self.cipher_for(purpose)
            .decrypt(XNonce::from_slice(nonce), sealed)
            .ok()
            .map(Zeroizing::new)
    }

    /// A fingerprint that tells whether two secrets are the same, and nothing else to who hasn't the
    /// key.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, secret: &[u8]) -> [u8; 16] {
        use sha2::{Digest, Sha256};
        let mut h = Sha256::new();
        for part in [
            b"hostledger fingerprint 1",
            purpose.as_bytes(),
            &self.0,
            secret,
        ] {
            h.update(part.len().to_le_bytes());
            h.update(part);
        }
        let mut out = [0; 16];
        out.copy_from_slice(&h.finalize()[..16]);
        out
    }

    fn cipher_for(&self, purpose: &str) -> XChaCha20Poly1305 {
        use sha2::{Digest, Sha256};
        let mut h = Sha256::new();
        h.update(b"hostledger sealed secret 1\n");
        h.update(purpose.as_bytes());
        h.update(b"\n");
        h.update(self.0);
        XChaCha20Poly1305::new(&h.finalize())
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey")
    }
}

/// A user's key for signing approvals.
pub struct UserKey(SigningKey);

impl std::fmt::Debug for UserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UserKey({})", self.public())
    }
}

impl UserKey {
    /// A new random key.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn random() -> Result<Self> {
        Ok(Self(SigningKey::from_bytes(&random()?)))
    }

    /// The public half, hexadecimal.
    #[must_use]
    pub fn public(&self) -> String {
        hex::encode(self.0.verifying_key().to_bytes())
    }

    /// An Ed25519 signature, hexadecimal.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        hex::encode(self.0.sign(message).to_bytes())
    }
}

/// Whether a signature over a message was made by the key of a public half; all hexadecimal.
#[must_use]
pub fn verify(public_key: &str, message: &[u8], signature: &str) -> bool {
    let key = hex::decode(public_key)
        .ok()
        .and_then(|k| <[u8; 32]>::try_from(k).ok());
    let sig = hex::decode(signature)
        .ok()
        .and_then(|s| <[u8; 64]>::try_from(s).ok());
    match (key.and_then(|k| VerifyingKey::from_bytes(&k).ok()), sig) {
        (Some(key), Some(sig)) => key.verify(message, &Signature::from_bytes(&sig)).is_ok(),
        _ => false,
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| std::io::Error::other(e.to_string()))?;
    Ok(bytes)
}

#[derive(Clone, Serialize, Deserialize)]
struct Slot {
    name: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

/// The file of key slots.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyFile {
    version: u32,
    /// The ledger's own id.
    pub ledger_id: String,
    slots: Vec<Slot>,
}

impl KeyFile {
    /// A file without slots for a new ledger.
    #[must_use]
    pub fn new(ledger_id: String) -> Self {
        Self {
            version: 1,
            ledger_id,
            slots: Vec::new(),
        }
    }

    /// Where a ledger's key slots are.
    #[must_use]
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("keys.json")
    }

    /// Reads a ledger's key slots.
    ///
    /// # Errors
    /// [`Code::NoLedger`] where there are none, [`Code::NewerLedger`], [`Code::DamagedLedger`].
    pub fn read(folder: &Path) -> Result<Self> {
        let text = match fs::read(Self::path(folder)) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(Refusal::new(
                    Code::NoLedger,
                    format!("There is no ledger in {}. Make one with `hostledger init`, or choose another folder.", folder.display()),
                )
                .into());
            }
            Err(e) => return Err(e.into()),
        };
        let file: Self = serde_json::from_slice(&text).map_err(|_| {
            Refusal::new(
                Code::DamagedLedger,
                format!("{} is damaged, so nobody can sign in. Take the file from the last backup with `hostledger restore`.", Self::path(folder).display()),
            )
        })?;
        if file.version > 1 {
            return Err(Refusal::new(
                Code::NewerLedger,
                "This ledger was made by a newer Hostledger. Update the program to open it.",
            )
            .into());
        }
        Ok(file)
    }

    /// Writes the slots so that a crash leaves the old file or the new one.
    ///
    /// # Errors
    /// File errors.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(std::io::Error::other)?;
        write_whole(&Self::path(folder), &text)
    }

    /// Who has a slot, in the order of the slots.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.slots
            .iter()
            .map(|s| s.name.as_str())
            .filter(|n| *n != RECOVERY)
    }

    /// Seals the keys under a passphrase, in place of the name's slot if there is one.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn seal(
        &mut self,
        name: &str,
        passphrase: &str,
        data: &DataKey,
        user: &UserKey,
    ) -> Result<()> {
        self.seal_at(Cost::DESKTOP, name, passphrase, data, user)
    }

    /// As [`Self::seal`], at another cost.
    ///
    /// # Errors
    /// Where the system gives no randomness.
    pub fn seal_at(
        &mut self,
        cost: Cost,
        name: &str,
        passphrase: &str,
        data: &DataKey,
        user: &UserKey,
    ) -> Result<()> {
        let salt: [u8; 16] = random()?;
        let nonce: [u8; 24] = random()?;
        let mut keys = Zeroizing::new([0_u8; 64]);
        keys[..32].copy_from_slice(&data.0);
        keys[32..].copy_from_slice(&*Zeroizing::new(user.0.to_bytes()));
        let slot = Slot {
            name: name.to_owned(),
            memory_kib: cost.memory_kib,
            passes: cost.passes,
            lanes: LANES,
            salt: hex::encode(salt),
            nonce: hex::encode(nonce),
            sealed: String::new(),
        };
        let sealed = self
            .cipher(&slot, passphrase)?
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: &*keys,
                    aad: &self.bound_to(name),
                },
            )
            .map_err(|_| std::io::Error::other("sealing failed"))?;
        self.slots.retain(|s| !s.name.eq_ignore_ascii_case(name));
        self.slots.push(Slot {
            sealed: hex::encode(sealed),
            ..slot
        });
        Ok(())
    }

    /// Opens a name's slot.
    ///
    /// # Errors
    /// [`Code::SignInFailed`], the same whether the name or the passphrase is wrong.
    pub fn open(&self, name: &str, passphrase: &str) -> Result<(DataKey, UserKey)> {
        let failed = || {
            Refusal::new(
                Code::SignInFailed,
                format!(
                    "{name} can't sign in: the name or the passphrase is not right. A forgotten passphrase can't be recovered: an admin can remove the user and add them again, or the recovery key gives a new one with `hostledger users recover`."
                ),
            )
        };
        let slot = self
            .slots
            .iter()
            .find(|s| s.name.eq_ignore_ascii_case(name))
            .ok_or_else(failed)?;
        let nonce = hex::decode(&slot.nonce)
            .ok()
            .filter(|n| n.len() == 24)
            .ok_or_else(failed)?;
        let sealed = hex::decode(&slot.sealed).map_err(|_| failed())?;
        let keys = self
            .cipher(slot, passphrase)?
            .decrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: &sealed,
                    aad: &self.bound_to(&slot.name),
                },
            )
            .map_err(|_| failed())?;
        let keys = Zeroizing::new(keys);
        let half = |at: usize| <[u8; 32]>::try_from(&keys[at..at + 32]);
        match (keys.len(), half(0), half(32)) {
            (64, Ok(data), Ok(user)) => Ok((DataKey(data), UserKey(SigningKey::from_bytes(&user)))),
            _ => Err(failed().into()),
        }
    }

    /// Takes a name's slot away.
    pub fn remove(&mut self, name: &str) {
        self.slots.retain(|s| !s.name.eq_ignore_ascii_case(name));
    }

    fn bound_to(&self, name: &str) -> Vec<u8> {
        format!("hostledger slot 1\n{}\n{name}", self.ledger_id).into_bytes()
    }

    fn cipher(&self, slot: &Slot, passphrase: &str) -> Result<XChaCha20Poly1305> {
        let wrong = |e: &dyn std::fmt::Display| std::io::Error::other(format!("key slot: {e}"));
        let params = Params::new(slot.memory_kib, slot.passes, slot.lanes, Some(32))
            .map_err(|e| wrong(&e))?;
        let salt = hex::decode(&slot.salt).map_err(|e| wrong(&e))?;
        let mut key = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, &mut *key)
            .map_err(|e| wrong(&e))?;
        Ok(XChaCha20Poly1305::new((&*key).into()))
    }
}

/// A new recovery key: 160 random bits in eight groups of letters and digits that are hard to
/// mistake for each other.
///
/// # Errors
/// Where the system gives no randomness.
pub fn new_recovery_key() -> Result<Zeroizing<String>> {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(random()?);
    let mut key = Zeroizing::new(String::with_capacity(40));
    for (i, b) in bytes.iter().enumerate() {
        if i > 0 && i % 4 == 0 {
            key.push('-');
        }
        key.push(char::from(LETTERS[usize::from(b % 32)]));
    }
    Ok(key)
}

/// Writes a file so that a crash leaves the old content or the new, never a part; readable by its
/// owner alone.
///
/// # Errors
/// File errors.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut part = part_beside(path)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|e| e.error)?;
    sync_folder(path.parent().unwrap_or_else(|| Path::new(".")))?;
    Ok(())
}

/// A new file beside another, under a name that no file has, readable by its owner alone; it goes
/// when it is dropped.
///
/// # Errors
/// File errors.
pub(crate) fn part_beside(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    tempfile::Builder::new()
        .prefix(".hostledger-")
        .suffix(".part")
        .tempfile_in(folder)
}

/// Makes a rename in a folder durable, where the system knows how.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_opens_with_its_passphrase_alone() {
        let (data, user) = (DataKey::random().unwrap(), UserKey::random().unwrap());
        let mut file = KeyFile::new("ledger".into());
        file.seal("Ana", "correct horse", &data, &user).unwrap();
        let (d, u) = file.open("ana", "correct horse").unwrap();
        assert_eq!((d.0, u.public()), (data.0, user.public()));
        for (name, passphrase) in [("ana", "wrong"), ("ben", "correct horse")] {
            let e = file.open(name, passphrase).unwrap_err();
            assert_eq!(Refusal::from(e).code, Code::SignInFailed);
        }
        let mut moved = file.clone();
        moved.ledger_id = "other".into();
        assert!(
            moved.open("ana", "correct horse").is_err(),
            "a slot belongs to its ledger"
        );
        file.remove("ANA");
        assert_eq!(file.names().count(), 0);
    }

    #[test]
    fn signatures_hold_for_their_message_and_key() {
        let (a, b) = (UserKey::random().unwrap(), UserKey::random().unwrap());
        let sig = a.sign(b"batch");
        assert!(verify(&a.public(), b"batch", &sig));
        assert!(!verify(&a.public(), b"other", &sig));
        assert!(!verify(&b.public(), b"batch", &sig));
        assert!(!verify("zz", b"batch", "zz"));
    }
}
