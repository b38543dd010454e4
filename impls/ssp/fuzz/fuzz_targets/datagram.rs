//! Anybody's datagrams, opened and not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ssp::crypto::{Direction, Key, Opener};
use ssp::wire::compression::Compressor;
use ssp::wire::datagram::Datagram;
use ssp::wire::fragment::Fragment;

fuzz_target!(|bytes: &[u8]| {
    let opener = Opener::new(&Key::from([7; 16]), Direction::ToServer);
    assert!(opener.open(bytes).is_err());
    if let Ok(datagram) = Datagram::parse(bytes) {
        let emitted = datagram.emit();
        assert_eq!(Datagram::parse(&emitted), Ok(datagram));
        if let Ok(fragment) = Fragment::parse(datagram.payload) {
            assert_eq!(fragment.emit(), datagram.payload);
            let _ = Compressor::new().decompress(fragment.slice);
        }
    }
});
