// Alternating transport (METHOD §7): assignment and router of one layer from cached activations, without a
// gradient.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "align/activations.h"
#include "align/placement.h"
#include "experts/expert_set.h"
#include "transport/rounding.h"
#include "transport/sinkhorn.h"

namespace dotmoe {

/// Router by ridge regression of the experts' energy on the layer's input: W_r = (X^T X + lambda T I)^-1 X^T
/// sqrt(S M), inputs scaled to unit RMS per dimension; the scale is folded into W_r, whose mean column norm
/// times the inputs' mean RMS is then `router_scale`. The inverse is shared by every fit on the same inputs.
/// Experts below `load_floor` of an even share are then raised (align/load_floor.h).
class RidgeRouter {
  public:
    RidgeRouter(const NeuronEnergies& energies, const LayerwiseRecipe& recipe);

    /// owner [N] -> W_r [D, E] for the raw input.
    at::Tensor fit(const at::Tensor& owner, const Layout& layout) const;
    /// The same of a plan [N, columns], soft or hard, whose rows sum to 1.
    at::Tensor fit_plan(const at::Tensor& plan, const Layout& layout) const;

  private:
    const NeuronEnergies& energies_;
    double router_scale_, load_floor_;
    at::Tensor rms_;       ///< [D]
    at::Tensor cholesky_;  ///< of X^T X + lambda T I, [D, D]
    at::Tensor sample_;    ///< some inputs, spread over all tokens, to measure loads on: [t, D]
};

/// Affinity A_ie = 1/T sum_t R_te S_ti^p, shared column A_i0 = 1/T sum_t S_ti^p: [N, columns] fp32, at unit
/// standard deviation (a transport problem does not change with the scale, its temperature does). p < 1 keeps
/// the few tokens of huge energy from deciding alone (docs/RESULTS.md, part 2).
at::Tensor energy_affinity(const NeuronEnergies& energies, const at::Tensor& router, const Layout& layout,
                           double power);

/// One round of the alternation, for those who watch; called on the calling thread.
struct LayerwiseRound {
    std::int64_t round = 0;
    double temperature = 0;      ///< of the soft plan
    const at::Tensor& affinity;  ///< [N, columns]
    const SinkhornResult& transport;
    const ExactPlan& hard;
};

struct LayerwiseHooks {
    std::function<void(const LayerwiseRound&)> on_round;  ///< after each transport
    SinkhornObserver on_iteration = nullptr;              ///< of each round's solve
};

/// Router fit and exact transport in turn, recipe.rounds routers and one transport fewer; all but the last
/// three of these are annealed, the router then fitted to the soft plan (docs/METHOD.md §7). `start` is the
/// first owner [N], as align/splits/random.h gives it.
LayerExperts alternate(const NeuronEnergies& energies, const RidgeRouter& ridge, const Placement& placement,
                       const LayerwiseRecipe& recipe, const at::Tensor& start, const LayerwiseHooks& hooks);

}  // namespace dotmoe
