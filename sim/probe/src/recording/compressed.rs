//! Recordings compressed by gzip: terminals repeat themselves, so that a tenth is left.

use std::io::{self, Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::RecordingError;

/// No recording that anybody made is longer than this, in bytes; one that claims to be would fill the memory.
const LONGEST: u64 = 256 << 20;

pub(super) fn is_compressed(recording: &[u8]) -> bool {
    recording.starts_with(b"\x1f\x8b")
}

pub(super) fn decompress(recording: &[u8]) -> Result<Vec<u8>, RecordingError> {
    decompress_at_most(LONGEST, recording)
}

fn decompress_at_most(longest: u64, recording: &[u8]) -> Result<Vec<u8>, RecordingError> {
    let mut text = Vec::new();
    MultiGzDecoder::new(recording)
        .take(longest + 1)
        .read_to_end(&mut text)
        .map_err(|error| RecordingError::Compression(error.to_string()))?;
    if text.len() as u64 > longest {
        return Err(RecordingError::TooLong);
    }
    Ok(text)
}

/// The same bytes each time for the same recording: there is no date in them.
pub(super) fn compress(recording: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(recording)?;
    compressed.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_is_read_again() {
        let compressed = compress(b"recorded").unwrap();
        assert!(is_compressed(&compressed));
        assert_eq!(decompress(&compressed).unwrap(), b"recorded");
    }

    #[test]
    fn a_recording_that_would_fill_the_memory_is_refused() {
        let bomb = compress(&[0; 1001]).unwrap();
        assert_eq!(
            decompress_at_most(1000, &bomb),
            Err(RecordingError::TooLong)
        );
        assert!(decompress_at_most(1001, &bomb).is_ok());
    }

    #[test]
    fn a_recording_that_is_cut_off_is_refused() {
        let mut compressed = compress(b"recorded").unwrap();
        compressed.truncate(15);
        let error = decompress(&compressed).unwrap_err();
        assert!(matches!(error, RecordingError::Compression(_)), "{error}");
    }
}
