//! Data as CSV (RFC 4180). What is not there is an empty field.

use super::columns::{Column, Data};

/// The file of a table.
pub(super) fn encode(columns: &[Column]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| &column.name))?;
    let rows = columns.first().map_or(0, |column| match &column.data {
        Data::Text(rows) => rows.len(),
        Data::Whole(rows) => rows.len(),
        Data::Real(rows) => rows.len(),
    });
    for row in 0..rows {
        writer.write_record(columns.iter().map(|column| field(&column.data, row)))?;
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn field(data: &Data, row: usize) -> String {
    match data {
        Data::Text(rows) => rows[row].clone(),
        Data::Whole(rows) => rows[row].to_string(),
        Data::Real(rows) => rows[row].map_or_else(String::new, |number| number.to_string()),
    }
}
