// The learnt quantities of some layers: affinity A and routers W_r, their plans and their optimizer.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "align/leaf_optimizer.h"
#include "align/recipe.h"
#include "experts/expert_set.h"
#include "experts/key_grid.h"
#include "transport/rounding.h"
#include "transport/sinkhorn.h"

namespace dotmoe {

struct AssignmentOptions {
    double affinity_lr = 1e-2, router_lr = 3e-3;
    double weight_decay = 1e-4;
    double clip = 1.0;                                  ///< bound on the norm of all gradients together
    bool train_assignment = true, train_router = true;  ///< what is not trained stays as it was given
    std::optional<KeyGrid> keys =
        {};  ///< where the routers are those of product keys, which are trained then
    Rounding rounding = Rounding::exact;
    StraightThrough straight_through = StraightThrough::soft;
    /// Its temperature and observer are set at each solve; `allowed` is [L, N, columns].
    SinkhornOptions sinkhorn = {};
};

/// Plans of all layers at one step. Where the split is not trained, only owner and prices are set.
struct Plans {
    at::Tensor soft;  ///< P [L, N, columns]
    /// [L, N, columns] to take the hard plan's gradient (experts/masked_ffn.h): P, with the implicit gradient
    /// to the affinity, or the affinity itself (StraightThrough::hard).
    at::Tensor surrogate;
    std::vector<at::Tensor> owner;   ///< L of [N]: the rounded plans
    std::vector<at::Tensor> prices;  ///< L of [columns]: of the rounding
    SinkhornResult solve;
    double churn = 0;  ///< share of neurons whose owner changed since the last solve
};

/// The grid of PEER's routers; none of another method's.
std::optional<KeyGrid> keys_of(const Recipe& recipe);

/// Of the global phase.
AssignmentOptions assignment_options(const Recipe& recipe);

class Assignment {
  public:
    /// affinity [L, N, columns], router [L, D, E]: first values; copied into trainable fp32 leaves on their
    /// device.
    Assignment(const at::Tensor& affinity, const at::Tensor& router, const Layout& layout,
               const AssignmentOptions& options);
    ~Assignment();
    Assignment(Assignment&&) noexcept;

    /// Whether there is anything to train.
    bool trains() const { return options_.train_assignment || options_.train_router; }

    /// Sinkhorn from the last potentials, then rounding with their prices. Without either where the split is
    /// not trained: it is the rounding of the affinity that was given.
    Plans solve(double temperature, const SinkhornObserver& on_iteration = nullptr);
    /// W_r of a layer [D, E], trainable unless options say otherwise.
    at::Tensor router(std::int64_t layer) const;
    /// A of a layer [N, columns], without gradient, CPU.
    at::Tensor affinity(std::int64_t layer) const { return affinity_.detach().select(0, layer).cpu(); }

    /// LeafOptimizer::step of what is trained, if anything is.
    void step(double rate);

    /// Seconds so far in Sinkhorn, rounding and their gradient, on the host's clock.
    double transport_seconds() const;

    /// The experts as they stand: rounding of the present affinity, copies of the routers.
    std::vector<LayerExperts> experts() const;

    /// Everything a later run needs to go on to the same result; names are stable.
    std::map<std::string, at::Tensor> state() const;
    /// Throws Error when a tensor is missing or of another shape.
    void restore(const std::map<std::string, at::Tensor>& state);

  private:
    struct TransportClock;

    std::vector<ExactPlan> round() const;
    ExactPlan round_layer(const at::Tensor& affinity, std::int64_t layer) const;

    at::Tensor affinity_;
    at::Tensor router_;  ///< [L, D, E], or keys [L, D, R + C]
    Capacities capacities_;
    AssignmentOptions options_;
    std::optional<at::Tensor> potentials_;  ///< g of the last solve [L, columns]
    double temperature_ = 1;                ///< of the last solve
    std::vector<at::Tensor> last_owner_;
    std::vector<ExactPlan> fixed_;            ///< the plans where they are not trained, else empty
    std::optional<LeafOptimizer> optimizer_;  ///< none where nothing is trained
    std::shared_ptr<TransportClock> clock_;   ///< shared with the hooks of the gradient
};

/// Starting affinity of an already assigned layer: its one-hot plan plus N(0, 0.01^2) (METHOD §§6-7). [N,
/// columns]
at::Tensor one_hot_affinity(const at::Tensor& owner, const Layout& layout, std::uint64_t seed);

}  // namespace dotmoe
