#include "transport/sinkhorn.h"

#include <ATen/core/grad_mode.h>

#include <cmath>
#include <utility>

#include "base/error.h"
#include "transport/column_laplacian.h"
#include "transport/log_domain.h"

namespace dotmoe {
namespace {

// Of a Newton step: beyond it the second order says nothing, and e^10 stays inside the safe range.
constexpr double kLongestStep = 10;
constexpr int kHalvings = 6;

/// With scalings inside [1/scaling, scaling] no product of a kept kernel entry with u or v leaves the
/// format's range, and the entries below `negligible` hold less than negligible * scaling^2 of a neuron each:
/// nothing, to rounding.
struct SafeRange {
    double scaling, negligible;
};

SafeRange safe_range(at::ScalarType dtype) {
    return dtype == at::kDouble ? SafeRange{1e70, 1e-230} : SafeRange{1e9, 1e-29};
}

/// The potentials of [L, N, columns] as f + log u and g + log v: M = diag(u) K diag(v) with K = exp(Z + f 1^T
/// + 1 g^T) computed once, so that an iteration is two matrix-vector products. Where v leaves the safe range
/// an iteration is done in the log domain (Eq. 7) and the potentials are absorbed into a new K.
class StabilisedScaling {
  public:
    StabilisedScaling(at::Tensor z, at::Tensor capacity, at::Tensor g)
        : range_(safe_range(z.scalar_type())),
          z_(std::move(z)),
          capacity_(std::move(capacity)),
          g_(std::move(g)) {
        absorb();
        update_rows();
    }

    /// Updates the column potentials, then the row potentials; rows of M sum to 1 afterwards.
    SinkhornIteration iterate() {
        const auto before = f();
        const auto v = capacity_ / column_sums_;
        if (safe(v)) {
            v_ = v;
        } else {
            g_ = log_domain::update_g(z_, before, capacity_);
            absorb();
        }
        update_rows();
        return {per_entry((before - f()).expm1_().abs_()), per_entry(column_error())};
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
        return {per_entry((before - f()).expm1_().abs_()), per_entry(column_error()), true};
    }

    /// | M^T 1 - c |, [L, columns].
    at::Tensor column_error() const { return (v_ * column_sums_ - capacity_).abs_(); }
    /// The largest of a problem's columns, over their capacity: [L].
    at::Tensor relative_error() const { return (column_error() / capacity_).amax(-1); }

    at::Tensor f() const { return f_ + u_.log(); }
    at::Tensor g() const { return g_ + v_.log(); }
    at::Tensor plan() const { return (kernel_ * u_.unsqueeze(-1)).mul_(v_.unsqueeze(-2)); }

  private:
    void absorb() {
        kernel_ = z_ + g_.unsqueeze(-2);
        f_ = -kernel_.amax(-1);
        kernel_.add_(f_.unsqueeze(-1)).exp_();
        at::threshold_(kernel_, range_.negligible, 0);  // denormals would make every product slow
        v_ = at::ones_like(g_);
    }

    // u = 1 / (K v), and K^T u for the next column update. Row-vector products: twice as fast as K times a
    // column.
    void update_rows() {
        u_ = at::bmm(v_.unsqueeze(-2), kernel_.transpose(-1, -2)).squeeze(-2).reciprocal_();
        column_sums_ = at::bmm(u_.unsqueeze(-2), kernel_).squeeze(-2);
    }

    bool safe(const at::Tensor& v) const {
        const auto [least, most] = at::aminmax(v);  // NaN fails both comparisons
        return least.item<double>() > 1 / range_.scaling && most.item<double>() < range_.scaling;
    }

    static std::vector<float> per_entry(const at::Tensor& error) {
        const auto worst = error.amax(-1).to(at::kCPU, at::kFloat).contiguous();
        return {worst.const_data_ptr<float>(), worst.const_data_ptr<float>() + worst.numel()};
    }

    SafeRange range_;
    at::Tensor z_, capacity_;
    at::Tensor f_, g_;  // absorbed into the kernel
    at::Tensor u_, v_;
    at::Tensor kernel_;
    at::Tensor column_sums_;  // K^T u
};

/// Whether plain iterations, falling as from `last` to `error`, would need more than a few more for
/// `tolerance`: a Newton step costs as much as four or five of them.
bool is_slow(double last, double error, double tolerance) {
    constexpr double few = 5;
    const double rate = error / last;
    return !(rate < 1) || std::log(tolerance / error) / std::log(rate) > few;
}

void check_options(const SinkhornOptions& options) {
    if (!(options.temperature > 0) || !std::isfinite(options.temperature))
        fail("Sinkhorn temperature is {}: it must be positive", options.temperature);
    if (options.max_iterations < 1)
        fail("Sinkhorn iterations are {}: at least 1 is needed", options.max_iterations);
}

at::Tensor scaled_affinity(const at::Tensor& affinity, double temperature) {
    const auto dtype = affinity.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    auto z = affinity.to(dtype).div(temperature).reshape({-1, affinity.size(-2), affinity.size(-1)});
    if (!all_finite(z)) fail("affinity over temperature {} overflows: scale the affinity down", temperature);
    return z;
}

at::Tensor starting_g(const at::Tensor& z, at::IntArrayRef batch, const std::optional<at::Tensor>& warm_g) {
    const auto columns = z.size(-1);
    if (!warm_g) return at::zeros({z.size(0), columns}, z.options());
    auto shape = batch.vec();
    shape.push_back(columns);
    if (warm_g->sizes() != at::IntArrayRef(shape))
        fail("warm start has {} values but the affinity has {} columns of {} problems", warm_g->numel(),
             columns, z.size(0));
    // A start that is not finite would poison the solve: begin anew instead.
    return warm_g->to(z.options()).reshape({-1, columns}).nan_to_num(0, 0, 0);
}

}  // namespace

SinkhornResult sinkhorn(const at::Tensor& affinity, const Capacities& capacities,
                        const SinkhornOptions& options, const std::optional<at::Tensor>& warm_g) {
    const at::NoGradGuard no_grad;
    check_problem(affinity, capacities);
    check_options(options);
    const auto batch = affinity.sizes().slice(0, affinity.dim() - 2);
    const auto z = scaled_affinity(affinity, options.temperature);
    StabilisedScaling scaling(z, capacity_tensor(capacities, z), starting_g(z, batch, warm_g));

    SinkhornResult result;
    double last = 0, error = 0;
    bool newton = false;
    while (std::ssize(result.iterations) < options.max_iterations) {
        result.iterations.push_back(newton ? scaling.newton() : scaling.iterate());
        if (options.tolerance == 0) continue;
        last = std::exchange(error, scaling.relative_error().max().item<double>());
        if (error <= options.tolerance) break;
        // A Newton step that did not help much is far from the solution, where plain ones do better.
        newton = result.iterations.size() > 1 &&
                 (newton ? error < last / 2 : is_slow(last, error, options.tolerance));
    }
    result.plan = scaling.plan().view(affinity.sizes());
    result.f = scaling.f().view(affinity.sizes().slice(0, affinity.dim() - 1));
    auto columns_shape = batch.vec();
    columns_shape.push_back(affinity.size(-1));
    result.g = scaling.g().view(columns_shape);
    return result;
}

}  // namespace dotmoe
