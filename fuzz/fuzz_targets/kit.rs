#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| sedaya_fuzz::kit(data));
