//! Says where the protoc lies that a crate has brought.

fn main() -> anyhow::Result<()> {
    println!("{}", protoc_bin_vendored::protoc_bin_path()?.display());
    Ok(())
}
