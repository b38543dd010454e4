//! Data as Apache Parquet: one row group, uncompressed, a column for each of ours.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::columns::{Column, Data};

/// The file of a table.
pub(super) fn encode(columns: &[Column]) -> Result<Vec<u8>> {
    let fields = columns.iter().map(|column| field(column).map(Arc::new));
    let schema = Type::group_type_builder("sweep")
        .with_fields(fields.collect::<Result<_>>()?)
        .build()?;
    let properties = Arc::new(WriterProperties::builder().build());
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), properties)?;
    let mut rows = file.next_row_group()?;
    for column in columns {
        if let Some(mut writer) = rows.next_column()? {
            fill(&mut writer, &column.data)?;
            writer.close()?;
        }
    }
    rows.close()?;
    file.into_inner()
}

fn field(column: &Column) -> Result<Type> {
    let (physical, logical, repetition) = match column.data {
        Data::Text(_) => (
            Physical::BYTE_ARRAY,
            Some(LogicalType::String),
            Repetition::REQUIRED,
        ),
        Data::Whole(_) => (Physical::INT64, None, Repetition::REQUIRED),
        Data::Real(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_logical_type(logical)
        .with_repetition(repetition)
        .build()
}

fn fill(writer: &mut SerializedColumnWriter<'_>, data: &Data) -> Result<()> {
    match data {
        Data::Text(rows) => {
            let texts: Vec<ByteArray> = rows.iter().map(|text| text.as_str().into()).collect();
            writer
                .typed::<ByteArrayType>()
                .write_batch(&texts, None, None)?;
        }
        Data::Whole(rows) => {
            writer.typed::<Int64Type>().write_batch(rows, None, None)?;
        }
        Data::Real(rows) => {
            // What is there, and for each row whether it is: Parquet calls that the definition level.
            let numbers: Vec<f64> = rows.iter().flatten().copied().collect();
            let there: Vec<i16> = rows.iter().map(|row| i16::from(row.is_some())).collect();
            writer
                .typed::<DoubleType>()
                .write_batch(&numbers, Some(&there), None)?;
        }
    }
    Ok(())
}
