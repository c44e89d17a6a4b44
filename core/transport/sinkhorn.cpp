#include "transport/sinkhorn.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "transport/column_laplacian.h"
#include "transport/constraints.h"
#include "transport/gibbs_kernel.h"
#include "transport/log_domain.h"

namespace dotmoe {
namespace {

// Of a Newton step: beyond it the second order says nothing, and e^10 stays inside the safe range.
constexpr double kLongestStep = 10;
constexpr int kHalvings = 6;

constexpr double kLargestExponent = 1e37;  // of A/tau: sums of it and the potentials stay floats

/// Sinkhorn's scalings u, v over a kernel that holds the potentials f, g absorbed so far: those of the
/// problem are f + log u and g + log v. Where v leaves the safe range an iteration is done in the log domain
/// (Eq. 7) and absorbed into a new kernel.
class StabilisedScaling {
  public:
    /// affinity [L, N, columns], capacity and g [L, columns].
    StabilisedScaling(const at::Tensor& affinity, double temperature, at::Tensor capacity, at::Tensor g)
        : range_(safe_range(affinity.scalar_type())),
          affinity_(affinity),
          temperature_(temperature),
          capacity_(std::move(capacity)),
          kernel_(gibbs_kernel(affinity, temperature)),
          g_(std::move(g)) {
        absorb();
        u_ = at::ones_like(f_);
        update_rows();
    }

    /// Updates the column potentials, then the row potentials; rows of M sum to 1 afterwards.
    SinkhornIteration iterate() {
        auto v = capacity_ / column_sums_;
        if (safe(v)) {
            v_ = std::move(v);
        } else {
            const auto before = f();
            g_ = log_domain::update_g(affinity_ / temperature_, before, capacity_);
            absorb();
            u_ = (before - f_).exp_();
        }
        update_rows();
        return {to_vector(row_error_), to_vector(column_error().amax(-1))};
    }

    /// One Newton step on the dual, which is concave in g once f is eliminated (ours; after Brauer, Clason,
    /// Lorenz and Wirth, "A Sinkhorn-Newton method for entropic optimal transport", 2017):
    ///   (diag(M^T 1) - M^T M) d = c - M^T 1,  g += t d.
    /// t is halved for each problem of the batch until its error falls; where none helps g stays.
    SinkhornIteration newton() {
        const auto before = f(), start = v_, error = relative_error();
        const auto missing = (capacity_ - v_ * column_sums_).to(at::kDouble);
        auto step = solve_columns(plan(), missing).to(v_.scalar_type()).clamp_(-kLongestStep, kLongestStep);
        at::Tensor worse;
        for (int halvings = 0; halvings < kHalvings; ++halvings) {
            v_ = start * step.exp();
            update_rows();
            worse = relative_error().lt(error).logical_not_().unsqueeze(-1);  // NaN is worse too
            if (!worse.any().item<bool>()) break;
            step = at::where(worse, step / 2, step);
        }
        if (worse.any().item<bool>()) {
            v_ = at::where(worse, start, v_);
            update_rows();
        }
        if (!safe(v_)) {
            g_ = g();
            absorb();
            update_rows();
        }
        return {to_vector((before - f()).expm1_().abs_().amax(-1)), to_vector(column_error().amax(-1)), true};
    }

    /// | M^T 1 - c |, [L, columns].
    at::Tensor column_error() const { return (v_ * column_sums_ - capacity_).abs_(); }
    /// The largest of a problem's columns, over their capacity: [L].
    at::Tensor relative_error() const { return (column_error() / capacity_).amax(-1); }

    at::Tensor f() const { return f_ + u_.log(); }
    at::Tensor g() const { return g_ + v_.log(); }
    at::Tensor plan() const { return kernel_->plan(u_, v_); }

  private:
    void absorb() {
        f_ = kernel_->absorb(g_);
        v_ = at::ones_like(g_);
    }

    /// u = 1 / (K v), and K^T u for the next column update.
    void update_rows() {
        auto update = kernel_->update_rows(v_, u_);
        u_ = std::move(update.u);
        column_sums_ = std::move(update.column_sums);
        row_error_ = std::move(update.row_error);
    }

    bool safe(const at::Tensor& v) const {
        const auto [least, most] = at::aminmax(v);  // NaN fails both comparisons
        return least.item<double>() > 1 / range_.scaling && most.item<double>() < range_.scaling;
    }

    static std::vector<float> to_vector(const at::Tensor& values) {
        const auto floats = values.to(at::kCPU, at::kFloat).contiguous();
        return {floats.const_data_ptr<float>(), floats.const_data_ptr<float>() + floats.numel()};
    }

    SafeRange range_;
    at::Tensor affinity_;
    double temperature_;
    at::Tensor capacity_;
    std::unique_ptr<GibbsKernel> kernel_;
    at::Tensor f_, g_;  // absorbed into the kernel
    at::Tensor u_, v_;
    at::Tensor column_sums_, row_error_;  // K^T u, and how far the rows were off before
};

/// Whether plain iterations, falling as from `last` to `error`, would cost more until `tolerance` than a
/// Newton step. That one is a matrix product of N columns^2 where an iteration is a pass over N columns
/// values: as much as columns / 4 of them, and a few at least (measured).
bool is_slow(double last, double error, double tolerance, std::int64_t columns) {
    const double rate = error / last, step = std::max(5.0, static_cast<double>(columns) / 4);
    return !(rate < 1) || std::log(tolerance / error) / std::log(rate) > step;
}

void check_options(const SinkhornOptions& options, double largest_affinity) {
    if (!(options.temperature > 0) || !std::isfinite(options.temperature))
        fail("Sinkhorn temperature is {}: it must be positive", options.temperature);
    if (options.max_iterations < 1)
        fail("Sinkhorn iterations are {}: at least 1 is needed", options.max_iterations);
    if (!(largest_affinity / options.temperature < kLargestExponent))
        fail("affinity over temperature {} overflows: scale the affinity down", options.temperature);
}

/// [L, N, columns], fp32 or fp64, -inf where a neuron may not go.
at::Tensor flat_batch(const at::Tensor& affinity, const SinkhornOptions& options) {
    const auto dtype = affinity.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const auto plain = affinity.to(dtype);
    return (options.allowed ? only_allowed(plain, *options.allowed) : plain)
        .reshape({-1, affinity.size(-2), affinity.size(-1)});
}

at::Tensor starting_g(const at::Tensor& affinity, at::IntArrayRef batch,
                      const std::optional<at::Tensor>& warm_g) {
    const auto columns = affinity.size(-1);
    if (!warm_g) return at::zeros({affinity.size(0), columns}, affinity.options());
    auto shape = batch.vec();
    shape.push_back(columns);
    if (warm_g->sizes() != at::IntArrayRef(shape))
        fail("warm start has {} values but the affinity has {} columns of {} problems", warm_g->numel(),
             columns, affinity.size(0));
    // A start that is not finite would poison the solve: begin anew instead.
    return warm_g->to(affinity.options()).reshape({-1, columns}).nan_to_num(0, 0, 0);
}

}  // namespace

SinkhornResult sinkhorn(const at::Tensor& affinity, const Capacities& capacities,
                        const SinkhornOptions& options, const std::optional<at::Tensor>& warm_g) {
    const at::NoGradGuard no_grad;
    check_options(options, check_problem(affinity, capacities));
    const auto batch = affinity.sizes().slice(0, affinity.dim() - 2);
    const auto flat = flat_batch(affinity, options);
    StabilisedScaling scaling(flat, options.temperature, capacity_tensor(capacities, flat),
                              starting_g(flat, batch, warm_g));

    SinkhornResult result;
    double last = 0, error = 0;
    bool newton = false;
    while (std::ssize(result.iterations) < options.max_iterations) {
        result.iterations.push_back(newton ? scaling.newton() : scaling.iterate());
        if (options.on_iteration) options.on_iteration(result.iterations.back(), scaling.g());
        if (options.tolerance == 0) continue;
        last = std::exchange(error, scaling.relative_error().max().item<double>());
        result.converged = error <= options.tolerance;
        if (result.converged) break;
        // A Newton step that did not help much is far from the solution, where plain ones do better.
        newton = result.iterations.size() > 1 &&
                 (newton ? error < last / 2 : is_slow(last, error, options.tolerance, flat.size(-1)));
    }
    result.plan = scaling.plan().view(affinity.sizes());
    result.f = scaling.f().view(affinity.sizes().slice(0, affinity.dim() - 1));
    auto columns_shape = batch.vec();
    columns_shape.push_back(affinity.size(-1));
    result.g = scaling.g().view(columns_shape);
    return result;
}

}  // namespace dotmoe
