//! Write a synthetic trace of a cellular link to the standard output, in mahimahi's format.
//!
//! ```sh
//! cargo run -p link --example synthesize -- evdo down 300s 1 > evdo.down
//! ```

use std::error::Error;

use link::trace::Cellular;
use link::{Direction, Seed};

const USAGE: &str =
    "usage: synthesize evdo|lte up|down LENGTH SEED, as in: synthesize lte down 300s 1";

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [technology, direction, length, seed] = words.as_slice() else {
        return Err(USAGE.into());
    };
    let towards = match direction.as_str() {
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return Err(USAGE.into()),
    };
    let link = match technology.as_str() {
        "evdo" => Cellular::evdo(towards),
        "lte" => Cellular::lte(towards),
        _ => return Err(USAGE.into()),
    };
    let trace = link.synthesize(length.parse()?, Seed(seed.parse()?))?;
    eprintln!("mean rate {:.0} kbit/s", trace.mean_bits_per_second() / 1e3);
    print!("{trace}");
    Ok(())
}
