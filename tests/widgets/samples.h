// Snapshots with known numbers, of SmolLM2's sizes and others, for tests and for the gallery.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "events/expert_profile.h"
#include "events/snapshot.h"

namespace dotmoe::samples {

/// A balanced plan: owners dealt round the columns in random order, soft mass mostly on the owner.
/// Deterministic.
std::shared_ptr<PlanSnapshot> plan(int neurons, int columns, bool sharedColumn, int sharedNeurons = 0);

/// Loads around 1 with expert 3 dead and expert 5 at 2.75 in every layer.
std::shared_ptr<LoadSnapshot> load(int layers, int experts);

/// Three domains of 100, 200 and 300 tokens. Expert 3 is dead; the others favour domain e mod 3 (by 1.5, the
/// others sharing the rest), correlate by 0.9^|a - b| - 0.3, and have three top tokens each.
std::shared_ptr<ExpertProfile> profile(int layer, int experts);

/// Residuals that shrink by a constant factor an iteration.
std::shared_ptr<SinkhornSnapshot> solve(int iterations);

/// `tokens` in every layer sent to experts (5 t + 3 l + 11 r) mod E of falling probability; the last layer is
/// still dense.
std::shared_ptr<RoutingSnapshot> routing(std::vector<std::string> tokens, int layers, int active,
                                         int experts);

std::vector<std::string> sentence();

}  // namespace dotmoe::samples
