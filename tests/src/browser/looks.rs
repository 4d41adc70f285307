//! How a page is looked at: in both languages, on a desk and in a hand, by day and by night.

use super::chromium::Chromium;
use serde_json::json;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    pub language: &'static str,
    /// CSS pixels.
    pub width: u32,
    pub theme: &'static str,
}

impl Look {
    pub const USUAL: Self = Self { language: "en", width: 1280, theme: "light" };

    /// Every pair of values is in one of them; all of the eight would show nothing else, and take twice as long.
    pub const ALL: [Self; 4] = [
        Self { language: "de", width: 1280, theme: "light" },
        Self { language: "en", width: 1280, theme: "dark" },
        Self { language: "de", width: 390, theme: "dark" },
        Self { language: "en", width: 390, theme: "light" },
    ];

    pub async fn put_on(self, chromium: &Chromium) {
        let Self { language, width, theme } = self;
        let phone = width < 600;
        let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": phone });
        chromium.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        chromium.devtools("Emulation.setEmulatedMedia", feature).await;
        let headers = json!({ "headers": { "Accept-Language": language } });
        chromium.devtools("Network.enable", json!({})).await;
        chromium.devtools("Network.setExtraHTTPHeaders", headers).await;
    }
}
