#include "transport/fused_gradient.h"

#include <vector>

#include "base/simd.h"
#include "transport/row_blocks.h"

namespace dotmoe::fused {
namespace {

DOTMOE_INLINE float dot(const float* x, const float* y, std::int64_t size) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t e = 0; e < size; ++e) sum += x[e] * y[e];
    return sum;
}

DOTMOE_WIDEST void project_rows(const float* plan, const float* gradient, std::int64_t rows,
                                std::int64_t columns, float* q, float* b) {
    for (std::int64_t i = 0; i < rows; ++i, plan += columns, gradient += columns) {
        q[i] = dot(plan, gradient, columns);
        for (std::int64_t e = 0; e < columns; ++e) b[e] += plan[e] * (gradient[e] - q[i]);
    }
}

DOTMOE_WIDEST void assemble_rows(const float* plan, const float* gradient, const float* q, const float* beta,
                                 float scale, std::int64_t rows, std::int64_t columns, float* result) {
    for (std::int64_t i = 0; i < rows; ++i, plan += columns, gradient += columns, result += columns) {
        const float shift = dot(plan, beta, columns) - q[i];
        for (std::int64_t e = 0; e < columns; ++e)
            result[e] = plan[e] * (gradient[e] + shift - beta[e]) * scale;
    }
}

}  // namespace

bool takes(const at::Tensor& plan) {
    return plan.is_cpu() && plan.scalar_type() == at::kFloat && plan.is_contiguous();
}

Projection project(const at::Tensor& plan, const at::Tensor& gradient) {
    const auto columns = plan.size(2);
    const RowBlocks blocks{plan.size(0), plan.size(1)};
    auto q = at::empty({plan.size(0), plan.size(1)}, plan.options());
    const auto sums = at::zeros({plan.size(0), blocks.per_problem(), columns}, plan.options());
    const auto g = gradient.contiguous();
    const auto *p_data = plan.const_data_ptr<float>(), *g_data = g.const_data_ptr<float>();
    auto *q_data = q.mutable_data_ptr<float>(), *sums_data = sums.mutable_data_ptr<float>();
    blocks.for_each([&](auto block, auto, auto start, auto rows) {
        project_rows(p_data + start * columns, g_data + start * columns, rows, columns, q_data + start,
                     sums_data + block * columns);
    });
    return {q, sums.sum(at::IntArrayRef{1}, false, at::kDouble)};
}

at::Tensor assemble(const at::Tensor& plan, const at::Tensor& gradient, const at::Tensor& q,
                    const at::Tensor& beta, double temperature) {
    const auto columns = plan.size(2);
    auto result = at::empty_like(plan);
    const auto g = gradient.contiguous(), shift = beta.contiguous();
    const auto *p_data = plan.const_data_ptr<float>(), *g_data = g.const_data_ptr<float>(),
               *q_data = q.const_data_ptr<float>(), *beta_data = shift.const_data_ptr<float>();
    auto* out = result.mutable_data_ptr<float>();
    const auto scale = static_cast<float>(1 / temperature);
    RowBlocks{plan.size(0), plan.size(1)}.for_each([&](auto, auto problem, auto start, auto rows) {
        assemble_rows(p_data + start * columns, g_data + start * columns, q_data + start,
                      beta_data + problem * columns, scale, rows, columns, out + start * columns);
    });
    return result;
}

}  // namespace dotmoe::fused
