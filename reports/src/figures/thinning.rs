//! Fewer points where a figure could not show them apart anyway.

/// A point of a figure.
pub(super) type Point = (f64, f64);

/// Of points in order of their value, at most `most`, the first and the last among them.
pub(super) fn ranks(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let kept = count.min(most);
    (0..kept).map(move |index| {
        if kept < 2 {
            0
        } else {
            index * (count - 1) / (kept - 1)
        }
    })
}

/// Of points (x, y), for each of `columns` equal parts of `0..end`, about `most` of them.
///
/// What lies outside a crowd, the slow keystrokes that matter, is never lost: each part keeps its extremes.
pub(super) fn columns(points: &[Point], end: f64, columns: usize, most: usize) -> Vec<Point> {
    if points.len() <= columns * most / 2 {
        return points.to_vec();
    }
    let mut parts = vec![Vec::new(); columns];
    for point in points {
        let part = (point.0 / end * columns as f64) as usize;
        parts[part.min(columns - 1)].push(*point);
    }
    let by_value = |a: &&Point, b: &&Point| a.1.total_cmp(&b.1);
    let thin = |part: &Vec<Point>| {
        let extremes = [part.iter().min_by(by_value), part.iter().max_by(by_value)];
        let every = part.iter().step_by(part.len().div_ceil(most).max(1));
        every
            .chain(extremes.into_iter().flatten())
            .copied()
            .collect::<Vec<_>>()
    };
    parts.iter().flat_map(thin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_survive() {
        let points: Vec<_> = (0..10_000)
            .map(|x| (f64::from(x), f64::from(x * 7919 % 10_007)))
            .collect();
        let thinned = columns(&points, 10_000.0, 50, 8);
        assert!(thinned.len() <= 50 * 10, "{}", thinned.len());
        let largest = |points: &[Point]| points.iter().map(|point| point.1).fold(0.0, f64::max);
        assert_eq!(largest(&thinned), largest(&points));
    }

    #[test]
    fn few_points_are_all_kept() {
        assert_eq!(ranks(3, 10).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(ranks(1, 10).collect::<Vec<_>>(), [0]);
        assert_eq!(ranks(0, 10).count(), 0);
        assert_eq!(columns(&[(1.0, 2.0)], 10.0, 50, 8), [(1.0, 2.0)]);
    }
}
