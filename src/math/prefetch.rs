//! Asks for numbers before they are needed, so that memory works while the processor does. No result depends on it.

use fearless_simd::Simd;

/// Numbers of a line of the caches.
const LINE: usize = 8;

/// Has one of so many parts of numbers read into the second cache; the first part is 0. Nothing happens where no instruction for it is known.
///
/// Lines are asked for one by one: who sorts meanwhile asks for a part now and then, since a processor waits when it has asked for too many.
#[inline(always)]
pub(crate) fn prefetch_part<S: Simd>(simd: S, numbers: &[f64], part: usize, parts: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(sse2) = simd.level().as_sse2() {
        let lines = numbers.len() / LINE;
        for line in part * lines / parts..(part + 1) * lines / parts {
            into_second_cache(sse2, &numbers[LINE * line]);
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (simd, numbers.len() / LINE, part, parts);
}

/// Has so many lines of numbers read into the second cache, from a place on; what lies behind the last number is left out.
#[inline(always)]
pub(crate) fn prefetch_lines<S: Simd>(simd: S, numbers: &[f64], from: usize, lines: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(sse2) = simd.level().as_sse2() {
        let mut line = 0;
        while line < lines {
            if let Some(number) = numbers.get(from + LINE * line) {
                into_second_cache(sse2, number);
            }
            line += 1;
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (simd, numbers, from, lines);
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel!(
    #[inline(always)]
    fn into_second_cache(sse2: Sse2, number: &f64) {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T1 }>(std::ptr::from_ref(number).cast());
    }
);
