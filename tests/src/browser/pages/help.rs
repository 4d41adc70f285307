//! The guide.

use crate::browser::Stage;

pub async fn help(stage: &Stage) {
    stage.looks_right("/help").await;
    stage.reads("For whoever works with the dashboard").await;
}
