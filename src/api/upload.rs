//! A file sent as `multipart/form-data`, kept in a temporary file while it is read.

use std::collections::BTreeMap;
use std::io::Write as _;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest, dev};
use futures_util::TryStreamExt as _;
use futures_util::future::LocalBoxFuture;
use tempfile::NamedTempFile;

use super::codes::{Code, ShapeFault};
use super::context::{Context, Stage, in_turn};
use super::problem::{Fault, Place, Problem, Result};

/// A file is at most this long.
pub const FILE_LIMIT: u64 = 32 << 20;
/// Every other part is at most this long.
const PART_LIMIT: usize = 1024;
/// More parts than these are not read.
const MOST_PARTS: usize = 16;

/// The form: one part named `file`, and texts.
pub struct Upload {
    /// The bytes of `file`.
    pub file: NamedTempFile,
    /// What the file is called at the sender's.
    pub file_name: String,
    /// BLAKE3 of the bytes, hex.
    pub file_hash: String,
    /// The other parts, by name.
    pub texts: BTreeMap<String, String>,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(req: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let request = req.clone();
        let payload = payload.take();
        let read = async move {
            let content_type = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
            if !content_type.to_ascii_lowercase().starts_with("multipart/form-data") {
                return Err(Problem::new(Code::UnsupportedMediaType));
            }
            let upload = receive(Multipart::new(request.headers(), payload)).await?;
            Context::of(&request)?.body_hash.set(Some(upload.hash()));
            Ok(upload)
        };
        Box::pin(in_turn(req, Stage::Body, read))
    }
}

impl Upload {
    /// Hash of the form as it was understood: its boundary does not matter, nor the order of its parts.
    fn hash(&self) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new();
        let texts = self.texts.iter().flat_map(|(name, text)| [name, text]);
        for part in [&self.file_name, &self.file_hash].into_iter().chain(texts) {
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part.as_bytes());
        }
        hasher.finalize()
    }
}

fn fault(name: &str, fault: ShapeFault) -> Problem {
    Problem::invalid_body(vec![Fault::shape(Place::Parameter(name.chars().take(120).collect()), fault, "")])
}

fn unreadable(error: MultipartError) -> Problem {
    tracing::debug!(cause = %error, "unreadable form");
    Problem::new(Code::BadRequest)
}

async fn receive(mut form: Multipart) -> Result<Upload> {
    let mut file = None;
    let mut texts = BTreeMap::new();
    while let Some(mut part) = form.try_next().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if texts.len() >= MOST_PARTS {
            return Err(fault(&name, ShapeFault::UnknownMember));
        }
        if name == "file" {
            if file.is_some() {
                return Err(fault(&name, ShapeFault::RepeatedParameter));
            }
            file = Some(spool(&mut part).await?);
        } else if texts.insert(name.clone(), text(&mut part, &name).await?).is_some() {
            return Err(fault(&name, ShapeFault::RepeatedParameter));
        }
    }
    let (file, file_name, file_hash) = file.ok_or_else(|| fault("file", ShapeFault::Missing))?;
    Ok(Upload { file, file_name, file_hash, texts })
}

async fn spool(part: &mut Field) -> Result<(NamedTempFile, String, String)> {
    let given = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or("file");
    let file_name: String = given.chars().filter(|c| !c.is_control()).take(200).collect();
    let mut file = NamedTempFile::new().map_err(Problem::internal)?;
    let mut hasher = blake3::Hasher::new();
    let mut length = 0;
    while let Some(chunk) = part.try_next().await.map_err(unreadable)? {
        length += chunk.len() as u64;
        if length > FILE_LIMIT {
            return Err(Problem::new(Code::BodyTooLarge));
        }
        hasher.update(&chunk);
        // A chunk is a few KiB and goes to the page cache: shorter than a trip to another thread.
        file.write_all(&chunk).map_err(Problem::internal)?;
    }
    Ok((file, file_name, hasher.finalize().to_hex().to_string()))
}

async fn text(part: &mut Field, name: &str) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(unreadable)? {
        if bytes.len() + chunk.len() > PART_LIMIT {
            return Err(fault(name, ShapeFault::TooLong));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_not_utf8| fault(name, ShapeFault::Unreadable))
}
