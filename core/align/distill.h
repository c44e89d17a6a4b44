// Global straight-through training against the dense model (METHOD §§4-6). Teacher and student share one set
// of weights, until recovery gives the student its own (§11).
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "align/assignment.h"
#include "align/fine_tuning.h"
#include "align/recipe.h"
#include "base/run_control.h"
#include "events/snapshot.h"
#include "model/transformer.h"

namespace dotmoe {

/// One finished step, for those who watch; valid during the call.
struct DistillStep {
    TrainingStep figures;
    const Plans& plans;  ///< those the step was computed with
    at::Tensor load;     ///< [L, E] CPU: tokens of the batch over an even share
};

struct DistillHooks {
    RunControl& control;                              ///< polled before each solve
    std::function<void(const DistillStep&)> on_step;  ///< on the calling thread, after each step
    SinkhornObserver on_iteration = nullptr;          ///< of each step's solve, all layers together
};

/// windows [W, window] int64, from which each step draws recipe.sequences at random (by seed and step alone,
/// so that a resumed run draws the same). Trains `assignment` from first_step to recipe.steps, and the
/// student's weights where there is a `tuning` of them; one of both must have something to train. The matrix
/// products run in the format of the teacher's weights. Throws Cancelled between two steps, never within one.
void distil(const Transformer& teacher, Assignment& assignment, const Layout& layout,
            const DistillRecipe& recipe, const at::Tensor& windows, std::uint64_t seed,
            std::int64_t first_step, const DistillHooks& hooks, FineTuning* tuning = nullptr);

}  // namespace dotmoe
