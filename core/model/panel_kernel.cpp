#include "model/panel_kernel.h"

#include "base/simd.h"
#include "model/row_switch.h"

namespace dotmoe {
namespace {

using simd::exp_nonpositive;
using simd::store16;
using Pack = simd::Pack16;
using Halves [[gnu::vector_size(16 * sizeof(std::uint16_t)), gnu::may_alias, gnu::aligned(2)]] =
    std::uint16_t;
using Integers [[gnu::vector_size(16 * sizeof(std::int32_t)), gnu::may_alias, gnu::aligned(1)]] =
    std::int32_t;
using Words [[gnu::vector_size(16 * sizeof(std::uint32_t)), gnu::may_alias]] = std::uint32_t;

DOTMOE_INLINE Pack load(const float* values) {
    return simd::load16(values);
}

/// A bf16 is the upper half of an fp32.
DOTMOE_INLINE Pack load(const at::BFloat16* values) {
    const Words words = __builtin_convertvector(*reinterpret_cast<const Halves*>(values), Words) << 16;
    return reinterpret_cast<const Pack&>(words);
}

/// The two outputs' halves of two of the depth, [depth][half].
struct Pairs {
    Pack of[2][2];
};

DOTMOE_INLINE Pairs load_pairs(const Int8Bytes* weights) {
    const auto words = *reinterpret_cast<const Integers*>(weights);
    const auto whole = [&](int byte) DOTMOE_LAMBDA_INLINE {
        return __builtin_convertvector((words << (24 - 8 * byte)) >> 24, Pack);
    };
    return {{{whole(0), whole(1)}, {whole(2), whole(3)}}};
}

/// Sums of `Rows` x 2 packs, in `Phases` of the depth: with few rows each would wait for its last addition.
template <int Rows>
inline constexpr int phases = Rows == 1   ? 4
                              : Rows <= 3 ? 2
                                          : 1;

template <int Rows>
struct Sums {
    Pack of[phases<Rows>][Rows][2] = {};

    /// += x[r][i] w[i][lane] over `depth` rows of weights.
    template <typename Weight>
    DOTMOE_INLINE void add(const float* const (&x)[Rows], const Weight* weights, std::int64_t depth) {
        constexpr int Phases = phases<Rows>;
        std::int64_t i = 0;
        for (; i + Phases <= depth; i += Phases) {
#pragma GCC unroll 4
            for (int phase = 0; phase < Phases; ++phase) {
                const Pack a = load(weights), b = load(weights + 16);
                if (Rows == 1) __builtin_prefetch(reinterpret_cast<const char*>(weights) + kFetchAhead);
                weights += kPanelWidth;
#pragma GCC unroll 12
                for (int r = 0; r < Rows; ++r) {
                    const float value = x[r][i + phase];
                    of[phase][r][0] += value * a;
                    of[phase][r][1] += value * b;
                }
            }
        }
        for (; i < depth; ++i, weights += kPanelWidth)
#pragma GCC unroll 12
            for (int r = 0; r < Rows; ++r) {
                of[0][r][0] += x[r][i] * load(weights);
                of[0][r][1] += x[r][i] * load(weights + 16);
            }
    }

    DOTMOE_INLINE Pack total(int row, int half) const {
        Pack sum = of[0][row][half];
#pragma GCC unroll 4
        for (int phase = 1; phase < phases<Rows>; ++phase) sum += of[phase][row][half];
        return sum;
    }
};

DOTMOE_INLINE void store(float* place, const Pack (&sum)[2], bool accumulate) {
    store16(place, accumulate ? load(place) + sum[0] : sum[0]);
    store16(place + 16, accumulate ? load(place + 16) + sum[1] : sum[1]);
}

template <int Rows, typename Weight>
DOTMOE_INLINE void multiply_rows(const PanelProduct<Weight>& product) {
    const float* x[Rows];
    for (int r = 0; r < Rows; ++r) x[r] = product.x[r];
    for (std::int64_t p = 0; p < product.panels; ++p) {
        Sums<Rows> sums;
        sums.add(x, product.weights + p * product.depth * kPanelWidth, product.depth);
#pragma GCC unroll 12
        for (int r = 0; r < Rows; ++r)
            store(product.out[r] + p * kPanelWidth, {sums.total(r, 0), sums.total(r, 1)}, product.accumulate);
    }
}

/// Calls visit(scales, weights, first, count) for each group of an int8 panel.
template <typename Visit>
DOTMOE_INLINE void each_group(const Int8Bytes* panel, std::int64_t depth, Visit&& visit) {
    for (std::int64_t first = 0; first < depth; first += kGroup) {
        const auto count = depth - first < kGroup ? depth - first : kGroup;
        visit(reinterpret_cast<const at::BFloat16*>(panel), panel + 2 * kPanelWidth, first, count);
        panel += kPanelWidth * (2 + (count + 1) / 2 * 2);
    }
}

template <int Rows>
DOTMOE_INLINE void multiply_rows(const PanelProduct<Int8Bytes>& product) {
    for (std::int64_t p = 0; p < product.panels; ++p) {
        Pack sum[Rows][2] = {};
        each_group(product.weights + p * int8_panel_bytes(product.depth), product.depth,
                   [&](const at::BFloat16* scales, const Int8Bytes* weights, std::int64_t first,
                       std::int64_t count) DOTMOE_LAMBDA_INLINE {
                       Pack part[2][Rows][2] = {};
                       for (std::int64_t i = 0; i < count; i += 2, weights += 2 * kPanelWidth) {
                           const auto pairs = load_pairs(weights);
                           if (Rows == 1) __builtin_prefetch(weights + kFetchAhead);
#pragma GCC unroll 3
                           for (int r = 0; r < Rows; ++r) {
                               const auto* x = product.x[r] + first + i;
                               const float odd = i + 1 < count ? x[1] : 0;
                               part[0][r][0] += x[0] * pairs.of[0][0];
                               part[0][r][1] += x[0] * pairs.of[0][1];
                               part[1][r][0] += odd * pairs.of[1][0];
                               part[1][r][1] += odd * pairs.of[1][1];
                           }
                       }
                       const Pack low = load(scales), high = load(scales + 16);
#pragma GCC unroll 3
                       for (int r = 0; r < Rows; ++r) {
                           sum[r][0] += low * (part[0][r][0] + part[1][r][0]);
                           sum[r][1] += high * (part[0][r][1] + part[1][r][1]);
                       }
                   });
        for (int r = 0; r < Rows; ++r) store(product.out[r] + p * kPanelWidth, sum[r], product.accumulate);
    }
}

template <typename Weight>
DOTMOE_INLINE void multiply_any(const PanelProduct<Weight>& product) {
    with_rows(product.rows, [&](auto rows) DOTMOE_LAMBDA_INLINE { multiply_rows<rows()>(product); });
}

DOTMOE_INLINE void multiply_few(const PanelProduct<Int8Bytes>& product) {
    switch (product.rows) {
        case 1:
            return multiply_rows<1>(product);
        case 2:
            return multiply_rows<2>(product);
        default:
            return multiply_rows<3>(product);
    }
}

DOTMOE_WIDEST_512 void multiply_fp32(const PanelProduct<float>& product) {
    multiply_any(product);
}

DOTMOE_WIDEST_512 void multiply_bf16(const PanelProduct<at::BFloat16>& product) {
    multiply_any(product);
}

DOTMOE_WIDEST_512 void multiply_int8(const PanelProduct<Int8Bytes>& product) {
    multiply_few(product);
}

DOTMOE_WIDEST_512 void unpack_int8(const Int8Bytes* panel, std::int64_t depth, std::int64_t panels,
                                   float* values) {
    for (std::int64_t p = 0; p < panels; ++p, panel += int8_panel_bytes(depth))
        each_group(panel, depth,
                   [&](const at::BFloat16* scales, const Int8Bytes* weights, std::int64_t,
                       std::int64_t count) DOTMOE_LAMBDA_INLINE {
                       const Pack low = load(scales), high = load(scales + 16);
                       for (std::int64_t i = 0; i < count; i += 2, weights += 2 * kPanelWidth) {
                           const auto pairs = load_pairs(weights);
                           for (std::int64_t of = 0; of < 2 && i + of < count; ++of, values += kPanelWidth) {
                               store16(values, low * pairs.of[of][0]);
                               store16(values + 16, high * pairs.of[of][1]);
                           }
                       }
                   });
}

DOTMOE_WIDEST_512 void unpack_bf16(const at::BFloat16* weights, std::int64_t count, float* values) {
    for (std::int64_t i = 0; i < count; i += 16) store16(values + i, load(weights + i));
}

DOTMOE_WIDEST_512 void gate_products(const float* products, const float* scale, bool gelu, float* h) {
    constexpr float two_sqrt_2_over_pi = 1.59576912F;
    const Pack g = load(products), u = load(products + kPanelWidth / 2);
    // Either activation is g sigmoid(a); sigmoid(a) = 1 / (1 + e^-a), and e^-|a| can't overflow.
    const Pack a = gelu ? two_sqrt_2_over_pi * (g + 0.044715F * g * g * g) : g;
    const Pack decay = exp_nonpositive(a < 0 ? a : -a);
    const Pack sigmoid = (a < 0 ? decay : Pack{} + 1) / (1 + decay);
    store16(h, load(scale) * g * sigmoid * u);
}

}  // namespace

void multiply(const PanelProduct<float>& product) {
    multiply_fp32(product);
}

void multiply(const PanelProduct<at::BFloat16>& product) {
    multiply_bf16(product);
}

void multiply(const PanelProduct<Int8Bytes>& product) {
    multiply_int8(product);
}

std::int64_t tile_rows() {
    return simd::has_avx512() ? kMostTileRows : 3;
}

void unpack(const at::BFloat16* weights, std::int64_t depth, std::int64_t panels, float* values) {
    unpack_bf16(weights, panels * depth * kPanelWidth, values);
}

void unpack(const Int8Bytes* weights, std::int64_t depth, std::int64_t panels, float* values) {
    unpack_int8(weights, depth, panels, values);
}

void gate(const float* products, const float* scale, Activation activation, float* h) {
    gate_products(products, scale, activation == Activation::gelu_tanh, h);
}

}  // namespace dotmoe
