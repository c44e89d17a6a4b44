#include "model/panel_kernel.h"

#include <utility>

#include "base/simd.h"

namespace dotmoe {
namespace {

using simd::exp_nonpositive;
using simd::store16;
using Pack = simd::Pack16;
using Halves [[gnu::vector_size(16 * sizeof(std::uint16_t)), gnu::may_alias, gnu::aligned(2)]] =
    std::uint16_t;
using Words [[gnu::vector_size(16 * sizeof(std::uint32_t)), gnu::may_alias]] = std::uint32_t;

DOTMOE_INLINE Pack load(const float* values) {
    return simd::load16(values);
}

/// A bf16 is the upper half of an fp32.
DOTMOE_INLINE Pack load(const at::BFloat16* values) {
    const Words words = __builtin_convertvector(*reinterpret_cast<const Halves*>(values), Words) << 16;
    return reinterpret_cast<const Pack&>(words);
}

/// Weights that are fetched before their turn: a single row leaves the memory no other time.
constexpr std::int64_t kAhead = 2048;

/// `Rows` x 2 sums in registers. With few rows the depth is cut into `Phases`, or each sum would wait for its
/// last addition.
template <int Rows, typename Weight>
DOTMOE_INLINE void multiply_rows(const PanelProduct<Weight>& product) {
    constexpr int Phases = Rows == 1 ? 4 : Rows <= 3 ? 2 : 1;
    const float* x[Rows];
    float* out[Rows];
    for (int r = 0; r < Rows; ++r) {
        x[r] = product.x[r];
        out[r] = product.out[r];
    }
    const auto* weights = product.weights;
    const auto depth = product.depth;
    for (std::int64_t p = 0; p < product.panels; ++p) {
        Pack sum[Phases][Rows][2] = {};
        std::int64_t i = 0;
        for (; i + Phases <= depth; i += Phases) {
#pragma GCC unroll 4
            for (int phase = 0; phase < Phases; ++phase) {
                const Pack a = load(weights), b = load(weights + 16);
                if (Rows == 1) __builtin_prefetch(weights + kAhead);
                weights += kPanelWidth;
#pragma GCC unroll 12
                for (int r = 0; r < Rows; ++r) {
                    const float value = x[r][i + phase];
                    sum[phase][r][0] += value * a;
                    sum[phase][r][1] += value * b;
                }
            }
        }
        for (; i < depth; ++i, weights += kPanelWidth)
#pragma GCC unroll 12
            for (int r = 0; r < Rows; ++r) {
                sum[0][r][0] += x[r][i] * load(weights);
                sum[0][r][1] += x[r][i] * load(weights + 16);
            }
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r) {
            Pack a = sum[0][r][0], b = sum[0][r][1];
#pragma GCC unroll 4
            for (int phase = 1; phase < Phases; ++phase) {
                a += sum[phase][r][0];
                b += sum[phase][r][1];
            }
            float* place = out[r] + p * kPanelWidth;
            if (product.accumulate) {
                a += load(place);
                b += load(place + 16);
            }
            store16(place, a);
            store16(place + 16, b);
        }
    }
}

template <typename Weight>
DOTMOE_INLINE void multiply_any(const PanelProduct<Weight>& product) {
    switch (product.rows) {
        case 1:
            return multiply_rows<1>(product);
        case 2:
            return multiply_rows<2>(product);
        case 3:
            return multiply_rows<3>(product);
        case 4:
            return multiply_rows<4>(product);
        case 5:
            return multiply_rows<5>(product);
        case 6:
            return multiply_rows<6>(product);
        case 7:
            return multiply_rows<7>(product);
        case 8:
            return multiply_rows<8>(product);
        case 9:
            return multiply_rows<9>(product);
        case 10:
            return multiply_rows<10>(product);
        case 11:
            return multiply_rows<11>(product);
        default:
            return multiply_rows<12>(product);
    }
}

DOTMOE_WIDEST_512 void multiply_fp32(const PanelProduct<float>& product) {
    multiply_any(product);
}

DOTMOE_WIDEST_512 void multiply_bf16(const PanelProduct<at::BFloat16>& product) {
    multiply_any(product);
}

DOTMOE_WIDEST_512 void unpack_bf16(const at::BFloat16* weights, std::int64_t count, float* values) {
    for (std::int64_t i = 0; i < count; i += 16) store16(values + i, load(weights + i));
}

DOTMOE_WIDEST_512 void gate_products(const float* products, const float* scale, float* h) {
    const Pack g = load(products), u = load(products + kPanelWidth / 2);
    // sigmoid(g) = 1 / (1 + e^-g), and e^-|g| can't overflow.
    const Pack decay = exp_nonpositive(g < 0 ? g : -g);
    const Pack sigmoid = (g < 0 ? decay : Pack{} + 1) / (1 + decay);
    store16(h, load(scale) * g * sigmoid * u);
}

}  // namespace

void multiply(const PanelProduct<float>& product) {
    multiply_fp32(product);
}

void multiply(const PanelProduct<at::BFloat16>& product) {
    multiply_bf16(product);
}

std::int64_t tile_rows() {
    return simd::has_avx512() ? kMostTileRows : 3;
}

void unpack(const at::BFloat16* weights, std::int64_t count, float* values) {
    unpack_bf16(weights, count, values);
}

void gate(const float* products, const float* scale, float* h) {
    gate_products(products, scale, h);
}

}  // namespace dotmoe
