#include "transport/fused_kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/simd.h"
#include "transport/row_blocks.h"

namespace dotmoe {
namespace {

using simd::exp_nonpositive;
using simd::kLanes;
using simd::Pack;

constexpr int kTile = 4;  // rows done at once: v and the sums are read once for all of them

DOTMOE_INLINE float largest(Pack x) {
    float result = x[0];
    for (int i = 1; i < kLanes; ++i) result = x[i] > result ? x[i] : result;
    return result;
}

DOTMOE_INLINE float total(Pack x) {
    x += __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3);
    x += __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5);
    return x[0] + x[1];
}

/// Rows of K from rows of A, and their f.
DOTMOE_WIDEST void absorb_rows(const float* affinity, float inverse_temperature, const float* g,
                               std::int64_t rows, std::int64_t columns, float negligible, float* kernel,
                               float* f) {
    const auto packs = simd::packs(columns);
    const auto* shift = reinterpret_cast<const Pack*>(g);
    const float cutoff = std::log(negligible);
    for (std::int64_t i = 0; i < rows; ++i, affinity += columns, kernel += packs * kLanes) {
        std::copy_n(affinity, columns, kernel);
        std::fill(kernel + columns, kernel + packs * kLanes, -std::numeric_limits<float>::infinity());
        auto* k = reinterpret_cast<Pack*>(kernel);
        Pack most = Pack{} - std::numeric_limits<float>::infinity();
        for (std::int64_t p = 0; p < packs; ++p) {
            const Pack z = k[p] * inverse_temperature + shift[p];
            k[p] = z;
            most = most > z ? most : z;
        }
        const float top = largest(most);
        f[i] = -top;
        for (std::int64_t p = 0; p < packs; ++p) {
            const Pack z = k[p] - top;
            k[p] = z > cutoff ? exp_nonpositive(z) : Pack{};
        }
    }
}

/// u_i = 1 / sum_e K_ie v_e and sums_e += K_ie u_i for `Rows` rows. Returns the largest |last_u_i / u_i - 1|.
template <int Rows>
DOTMOE_INLINE float update_tile(const Pack* k, const Pack* v, const float* last_u, std::int64_t packs,
                                float* u, Pack* sums) {
    Pack mass[Rows] = {};
    for (std::int64_t p = 0; p < packs; ++p)
        for (int r = 0; r < Rows; ++r) mass[r] += k[r * packs + p] * v[p];
    float worst = 0;
    for (int r = 0; r < Rows; ++r) {
        const float row = total(mass[r]);
        worst = std::max(worst, std::abs(last_u[r] * row - 1));
        u[r] = 1 / row;
    }
    for (std::int64_t p = 0; p < packs; ++p) {
        Pack sum = sums[p];
        for (int r = 0; r < Rows; ++r) sum += k[r * packs + p] * u[r];
        sums[p] = sum;
    }
    return worst;
}

DOTMOE_WIDEST float update_block(const float* kernel, const float* v, const float* last_u, std::int64_t rows,
                                 std::int64_t columns, float* u, float* sums) {
    const auto packs = simd::packs(columns);
    const auto *k = reinterpret_cast<const Pack*>(kernel), *weights = reinterpret_cast<const Pack*>(v);
    auto* totals = reinterpret_cast<Pack*>(sums);
    float worst = 0;
    std::int64_t i = 0;
    for (; i + kTile <= rows; i += kTile)
        worst = std::max(worst, update_tile<kTile>(k + i * packs, weights, last_u + i, packs, u + i, totals));
    for (; i < rows; ++i)
        worst = std::max(worst, update_tile<1>(k + i * packs, weights, last_u + i, packs, u + i, totals));
    return worst;
}

DOTMOE_WIDEST void plan_rows(const float* kernel, const float* u, const float* v, std::int64_t rows,
                             std::int64_t columns, float* plan) {
    for (std::int64_t i = 0; i < rows; ++i, kernel += simd::packs(columns) * kLanes, plan += columns)
        for (std::int64_t e = 0; e < columns; ++e) plan[e] = kernel[e] * u[i] * v[e];
}

}  // namespace

FusedKernel::FusedKernel(const at::Tensor& affinity, double temperature)
    : affinity_(affinity.contiguous()),
      inverse_temperature_(static_cast<float>(1 / temperature)),
      problems_(affinity.size(0)),
      neurons_(affinity.size(1)),
      columns_(affinity.size(2)),
      width_(simd::packs(columns_) * kLanes),
      blocks_{problems_, neurons_},
      kernel_(at::empty({problems_, neurons_, width_}, affinity_.options())),
      padded_(at::zeros({problems_, width_}, affinity_.options())),
      partial_sums_(at::empty({problems_ * blocks_.per_problem(), width_}, affinity_.options())),
      errors_(static_cast<std::size_t>(problems_ * blocks_.per_problem())) {}

void FusedKernel::store_padded(const at::Tensor& of_columns) {
    const auto values = of_columns.contiguous();
    for (std::int64_t problem = 0; problem < problems_; ++problem)
        std::copy_n(values.const_data_ptr<float>() + problem * columns_, columns_,
                    padded_.mutable_data_ptr<float>() + problem * width_);
}

at::Tensor FusedKernel::absorb(const at::Tensor& g) {
    auto f = at::empty({problems_, neurons_}, affinity_.options());
    store_padded(g);
    const auto negligible = static_cast<float>(safe_range(at::kFloat).negligible);
    const auto *a = affinity_.const_data_ptr<float>(), *shift = padded_.const_data_ptr<float>();
    auto *k = kernel_.mutable_data_ptr<float>(), *f_data = f.mutable_data_ptr<float>();
    blocks_.for_each([&](auto, auto problem, auto start, auto rows) {
        absorb_rows(a + start * columns_, inverse_temperature_, shift + problem * width_, rows, columns_,
                    negligible, k + start * width_, f_data + start);
    });
    return f;
}

GibbsKernel::RowUpdate FusedKernel::update_rows(const at::Tensor& v, const at::Tensor& last_u) {
    store_padded(v);
    const auto last = last_u.contiguous();
    RowUpdate update{at::empty({problems_, neurons_}, affinity_.options()),
                     at::zeros({problems_, columns_}, affinity_.options()),
                     at::zeros({problems_}, affinity_.options())};
    const auto *k = kernel_.const_data_ptr<float>(), *weights = padded_.const_data_ptr<float>(),
               *last_data = last.const_data_ptr<float>();
    auto *u = update.u.mutable_data_ptr<float>(), *partial = partial_sums_.mutable_data_ptr<float>();
    blocks_.for_each([&](auto block, auto problem, auto start, auto rows) {
        auto* sums = partial + block * width_;
        std::fill_n(sums, width_, 0.0F);
        errors_[block] = update_block(k + start * width_, weights + problem * width_, last_data + start, rows,
                                      columns_, u + start, sums);
    });
    // In the order of the blocks, whichever thread did them.
    auto *column_sums = update.column_sums.mutable_data_ptr<float>(),
         *row_error = update.row_error.mutable_data_ptr<float>();
    for (std::int64_t block = 0; block < std::ssize(errors_); ++block) {
        const auto problem = block / blocks_.per_problem();
        row_error[problem] = std::max(row_error[problem], errors_[block]);
        for (std::int64_t e = 0; e < columns_; ++e)
            column_sums[problem * columns_ + e] += partial[block * width_ + e];
    }
    return update;
}

at::Tensor FusedKernel::plan(const at::Tensor& u, const at::Tensor& v) const {
    auto plan = at::empty({problems_, neurons_, columns_}, affinity_.options());
    const auto left = u.contiguous(), right = v.contiguous();
    const auto *k = kernel_.const_data_ptr<float>(), *u_data = left.const_data_ptr<float>(),
               *v_data = right.const_data_ptr<float>();
    auto* m = plan.mutable_data_ptr<float>();
    blocks_.for_each([&](auto, auto problem, auto start, auto rows) {
        plan_rows(k + start * width_, u_data + start, v_data + problem * columns_, rows, columns_,
                  m + start * columns_);
    });
    return plan;
}

}  // namespace dotmoe
