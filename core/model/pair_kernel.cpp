#include "model/pair_kernel.h"

#include "base/error.h"
#include "base/simd.h"
#include "model/row_switch.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define DOTMOE_PAIRS [[gnu::target("avx512f,avx512bw,avx512vl,avx512bf16")]]
#endif

namespace dotmoe {

#ifdef DOTMOE_PAIRS
namespace {

constexpr std::int64_t kWords = 16;  // of a register

template <int Rows>
DOTMOE_PAIRS void multiply_rows(const PairProduct& product) {
    const Pair* x[Rows];
    for (int r = 0; r < Rows; ++r) x[r] = product.x[r];
    const auto* weights = product.weights;
    for (std::int64_t p = 0; p < product.panels; ++p) {
        __m512 sum[Rows][2];
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r) {
            const auto* place = product.out[r] + p * kPanelWidth;
            sum[r][0] = product.accumulate ? _mm512_loadu_ps(place) : _mm512_setzero_ps();
            sum[r][1] = product.accumulate ? _mm512_loadu_ps(place + kWords) : _mm512_setzero_ps();
        }
        for (std::int64_t i = 0; i < product.pairs; ++i, weights += kPanelWidth) {
            const auto a = reinterpret_cast<__m512bh>(_mm512_loadu_si512(weights));
            const auto b = reinterpret_cast<__m512bh>(_mm512_loadu_si512(weights + kWords));
#pragma GCC unroll 12
            for (int r = 0; r < Rows; ++r) {
                const auto value = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(x[r][i])));
                sum[r][0] = _mm512_dpbf16_ps(sum[r][0], a, value);
                sum[r][1] = _mm512_dpbf16_ps(sum[r][1], b, value);
            }
        }
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r) {
            auto* place = product.out[r] + p * kPanelWidth;
            _mm512_storeu_ps(place, sum[r][0]);
            _mm512_storeu_ps(place + kWords, sum[r][1]);
        }
    }
}

DOTMOE_PAIRS void round_row(const float* x, std::int64_t depth, Pair* pairs) {
    for (std::int64_t i = 0; i < depth; i += 2 * kWords) {
        const auto mask_of = [&](std::int64_t first, std::int64_t end) {
            const auto count = end - first < 0 ? 0 : end - first < kWords ? end - first : kWords;
            return static_cast<__mmask16>((1U << count) - 1);
        };
        const auto low = _mm512_maskz_loadu_ps(mask_of(i, depth), x + i);
        const auto high = _mm512_maskz_loadu_ps(mask_of(i + kWords, depth), x + i + kWords);
        _mm512_mask_storeu_epi32(pairs + i / 2, mask_of(i / 2, pairs_of(depth)),
                                 reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low)));
    }
}

}  // namespace

bool has_pair_products() {
    return __builtin_cpu_supports("avx512bf16") != 0;
}

void multiply(const PairProduct& product) {
    with_rows(product.rows, [&](auto rows) { multiply_rows<rows()>(product); });
}

void round_to_pairs(const float* x, std::int64_t depth, Pair* pairs) {
    round_row(x, depth, pairs);
}

#else

bool has_pair_products() {
    return false;
}
void multiply(const PairProduct& /*product*/) {
    fail("this build has no dot products of bf16");
}
void round_to_pairs(const float* /*x*/, std::int64_t /*depth*/, Pair* /*pairs*/) {
    fail("this build has no dot products of bf16");
}

#endif

namespace {

DOTMOE_WIDEST_512 void pair_up_rows(const std::uint16_t* even, const std::uint16_t* odd, Pair* pairs) {
    for (std::int64_t lane = 0; lane < kPanelWidth; ++lane)
        pairs[lane] = even[lane] | static_cast<Pair>(odd[lane]) << 16;
}

}  // namespace

void pair_up(const at::BFloat16* weights, std::int64_t depth, std::int64_t panels, Pair* pairs) {
    static constexpr std::uint16_t zeros[kPanelWidth] = {};
    const auto* rows = reinterpret_cast<const std::uint16_t*>(weights);
    for (std::int64_t p = 0; p < panels; ++p)
        for (std::int64_t i = 0; i < depth; i += 2, pairs += kPanelWidth) {
            const auto* even = rows + (p * depth + i) * kPanelWidth;
            pair_up_rows(even, i + 1 < depth ? even + kPanelWidth : zeros, pairs);
        }
}

}  // namespace dotmoe
