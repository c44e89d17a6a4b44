// Immutable pictures of a running conversion: plain numbers with a shape and a step, no torch, no Qt.
// Shape letters as in METHOD.md: L layers, T tokens, N neurons, E routed experts, k active experts a token.
// Columns of a plan: the shared column first where the layout has shared neurons, then the E routed experts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dotmoe {

/// Where in a run a snapshot was taken: the alternating-transport rounds of a layer, or a step of the global
/// phase.
enum class Stage { layerwise, distillation };

/// Transport plan of one layer.
struct PlanSnapshot {
    Stage stage = Stage::layerwise;
    std::int64_t step = 0;  ///< round of the layer, or global step
    int layer = 0;
    int neurons = 0, columns = 0;        ///< N, and E (+1 with a shared column)
    bool shared_column = false;          ///< column 0 is the shared one
    std::vector<float> soft;             ///< [N, columns] row-major: Sinkhorn plan, rows sum to 1
    std::vector<std::int32_t> owner;     ///< [N] column of each neuron: the hard plan
    std::vector<std::int32_t> capacity;  ///< [columns] neurons each column must hold
    std::vector<float> margin;  ///< [N] what a neuron would lose by its second choice, in affinity units
    double temperature = 0;     ///< tau of the soft plan
    /// (exact - greedy) / (exact - mean), METHOD §2; none where neurons are pinned or forbidden.
    std::optional<double> greedy_gap;
    double soft_hard_gap = 0;  ///< mass of the soft plan outside the hard one, as a share of N
};

/// What one Sinkhorn solve went through, iteration by iteration.
struct SinkhornSnapshot {
    Stage stage = Stage::layerwise;
    std::int64_t step = 0;
    int layer = 0;
    double temperature = 0;
    std::vector<float> row_residual;     ///< [iterations] largest absolute error of a row sum, in neurons
    std::vector<float> column_residual;  ///< [iterations] of a column sum
    /// [iterations, columns] row-major: g after each iteration, in units of A/tau. The plan was
    /// softmax(A/tau + 1 g^T) then.
    std::vector<float> g;
    bool converged = false;  ///< to the tolerance of the recipe
};

/// Tokens each expert got, against an even share.
struct LoadSnapshot {
    Stage stage = Stage::layerwise;
    std::int64_t step = 0;
    int first_layer = 0, layers = 0, experts = 0;
    std::vector<float>
        load;  ///< [layers, E] row-major; 1 = an even share (T k / E tokens), 0 = a dead expert
};

/// Which experts each token of the user's text is sent to, in every layer.
struct RoutingSnapshot {
    std::string text;
    std::vector<std::string> tokens;  ///< [T] as text, bytes that are no UTF-8 as U+FFFD
    int layers = 0, active = 0, experts = 0;
    std::vector<std::int32_t> expert;  ///< [L, T, k] routed experts 0..E-1, best first; -1: layer still dense
    std::vector<float> probability;    ///< [L, T, k] softmax over all E of the router's logits
};

/// One step of straight-through training; the losses are unweighted.
struct TrainingStep {
    Stage stage = Stage::distillation;
    int layer = -1;  ///< -1 in the global phase
    std::int64_t step = 0, total = 0;
    double loss = 0, kl = 0, cross_entropy = 0, balance = 0, z = 0, temperature = 0;
    double reconstruction = 0;  ///< |Y_hat - Y|^2 / |Y|^2, layer-wise phase only
    double tokens_per_second = 0;
    double transport_share = 0;   ///< of the step's time: Sinkhorn, rounding and their gradient
    int sinkhorn_iterations = 0;  ///< of this step's solve, largest over layers
    double dropped = 0;           ///< share of the tokens' choices that the capacity factor refused
    double churn = 0;             ///< share of neurons that changed expert in this step
};

/// Held-out quality at some moment of the run.
struct QualitySnapshot {
    std::string label;  ///< "dense", "random_layerwise", "layerwise", "step 15", "converted"
    std::int64_t step = 0;
    double perplexity = 0, kl = 0, top1 = 0;
};

enum class LayerState { dense, aligning, done, refused };

/// Badge of one layer in the layer list.
struct LayerStatus {
    int layer = 0;
    LayerState state = LayerState::dense;
    double error = -1;     ///< relative reconstruction error on held-out text; < 0 while unknown
    double load_max = -1;  ///< heaviest expert over an even share; < 0 while unknown
    int dead = 0;          ///< experts without a token
    std::string note;      ///< why refused

    bool operator==(const LayerStatus&) const = default;
};

}  // namespace dotmoe
