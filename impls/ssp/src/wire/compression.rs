//! zlib (RFC 1950) around whole instructions.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::Malformed;

/// No message is longer than this many bytes before compression: what stock peers send and accept.
pub const MESSAGE_LIMIT: usize = 4 << 20;

/// zlib's own default, which stock peers use.
const LEVEL: u32 = 6;

/// Output grows by this many bytes at a time.
const STEP: usize = 16 << 10;

/// Compresses and decompresses messages one by one, reusing its tables.
pub struct Compressor {
    deflate: Compress,
    inflate: Decompress,
}

impl Compressor {
    /// A compressor at zlib's default level.
    pub fn new() -> Self {
        Self {
            deflate: Compress::new(Compression::new(LEVEL), true),
            inflate: Decompress::new(true),
        }
    }

    /// The zlib stream of `message`.
    ///
    /// # Errors
    ///
    /// When the message exceeds [`MESSAGE_LIMIT`].
    pub fn compress(&mut self, message: &[u8]) -> Result<Vec<u8>, Malformed> {
        if message.len() > MESSAGE_LIMIT {
            return Err(Malformed::TooLong);
        }
        self.deflate.reset();
        let mut stream = Vec::with_capacity(message.len().min(STEP) + 64);
        loop {
            let rest = &message[self.deflate.total_in() as usize..];
            match self
                .deflate
                .compress_vec(rest, &mut stream, FlushCompress::Finish)
            {
                Ok(Status::StreamEnd) => return Ok(stream),
                Ok(_) => stream.reserve(STEP),
                Err(_) => return Err(Malformed::Compression),
            }
        }
    }

    /// The message of which `stream` is the zlib stream. Bytes after the stream's end are ignored, as stock does.
    ///
    /// # Errors
    ///
    /// When it is not a whole stream, or inflates to more than [`MESSAGE_LIMIT`].
    pub fn decompress(&mut self, stream: &[u8]) -> Result<Vec<u8>, Malformed> {
        self.inflate.reset(true);
        let mut message = Vec::with_capacity(STEP);
        loop {
            let rest = &stream[self.inflate.total_in() as usize..];
            let before = (self.inflate.total_in(), message.len());
            let status = self
                .inflate
                .decompress_vec(rest, &mut message, FlushDecompress::None)
                .map_err(|_| Malformed::Compression)?;
            if message.len() > MESSAGE_LIMIT {
                return Err(Malformed::TooLong);
            }
            let has_room = message.len() < message.capacity();
            let is_stuck = before == (self.inflate.total_in(), message.len());
            match status {
                Status::StreamEnd => return Ok(message),
                _ if has_room && is_stuck => return Err(Malformed::Compression),
                _ if has_room => {}
                _ => message.reserve(STEP.max(message.len())),
            }
        }
    }
}

impl Default for Compressor {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn streams_have_the_zlib_header_of_the_default_level() {
        let stream = Compressor::new().compress(b"hello").expect("short");
        assert_eq!(stream[..2], [0x78, 0x9c]);
    }

    #[test]
    fn reads_a_stream_that_zlib_made() {
        let stream = b"\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15";
        assert_eq!(
            Compressor::new().decompress(stream).as_deref(),
            Ok(b"hello".as_slice())
        );
    }

    #[test]
    fn a_truncated_stream_is_an_error() {
        let mut compressor = Compressor::new();
        let stream = compressor.compress(&[7; 100_000]).expect("short");
        for len in 0..stream.len() {
            let result = compressor.decompress(&stream[..len]);
            assert_eq!(result, Err(Malformed::Compression));
        }
    }

    #[test]
    fn messages_of_four_mebibytes_pass_and_no_longer_ones() {
        let mut compressor = Compressor::new();
        let longest = vec![0; MESSAGE_LIMIT];
        let stream = compressor.compress(&longest).expect("within the limit");
        assert_eq!(compressor.decompress(&stream), Ok(longest));

        assert_eq!(
            compressor.compress(&vec![0; MESSAGE_LIMIT + 1]),
            Err(Malformed::TooLong)
        );
    }

    #[test]
    fn a_bomb_is_defused() {
        let mut bomb = Vec::new();
        let mut deflate = Compress::new(Compression::best(), true);
        bomb.reserve(1 << 20);
        deflate
            .compress_vec(&vec![0; 64 << 20], &mut bomb, FlushCompress::Finish)
            .expect("room");
        assert_eq!(Compressor::new().decompress(&bomb), Err(Malformed::TooLong));
    }

    proptest! {
        #[test]
        fn messages_survive(messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60_000), 1..4)) {
            let mut compressor = Compressor::new();
            for message in messages {
                let stream = compressor.compress(&message).expect("short");
                prop_assert_eq!(compressor.decompress(&stream), Ok(message));
            }
        }

        #[test]
        fn garbage_never_panics(stream in prop::collection::vec(any::<u8>(), 0..2000)) {
            let _ = Compressor::new().decompress(&stream);
        }
    }
}
