// Everything that decides what a conversion does: a TOML file, a preset, or flags over either. No torch here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "experts/layout.h"

namespace dotmoe {

/// Which text is used, in tokens.
struct TextRecipe {
    std::int64_t window = 512;              ///< tokens a sequence
    std::int64_t calibration_windows = 24;  ///< sequences whose activations the layer-wise phase sees
    std::int64_t held_out_windows = 8;      ///< sequences that only judge
};

/// METHOD §7: alternating transport, then straight-through within a layer if steps > 0.
struct LayerwiseRecipe {
    std::int64_t rounds = 12;  ///< router fit + transport, in turn
    /// Of the first soft plan, for an affinity of unit standard deviation: routers are fitted to plans that
    /// sharpen, and to the hard one in the last rounds; 0: to hard ones from the first.
    double temperature_start = 0.3;
    double ridge = 1e-2;        ///< lambda of the router fit, inputs at unit RMS
    double router_scale = 1.5;  ///< mean column norm of W_r times the inputs' RMS
    /// Text whose losses give the metric of the energies (align/loss_metric.h); 0: their plain norm.
    std::int64_t metric_windows = 8;
    /// Each layer is fitted to the text as the converted layers before it leave it, as it will see it; off:
    /// as the dense ones do.
    bool sequential = true;
    /// A random split with the same router fit is judged beside it; where the phase is sequential that is a
    /// fifth of its time.
    bool random_baseline = true;
    double energy_power = 0.7;          ///< exponent of the energies in the affinity; 1 is METHOD §7's own
    double load_floor = 0.25;           ///< least load of an expert, over an even share; 0: experts may die
    std::int64_t top_activations = 10;  ///< K_a of METHOD §10: neurons that count as on for a token
    std::int64_t steps = 0;             ///< straight-through steps a layer
    std::int64_t batch_tokens = 768;    ///< tokens a step
    double affinity_lr = 1e-1, router_lr = 1e-2;
    double balance_weight = 3e-3, z_weight = 1e-4;
};

/// From the affinity to a hard plan in the global phase (transport/rounding.h).
enum class Rounding {
    exact,
    greedy  ///< the paper's
};

/// Where the gradient of a hard choice goes (METHOD §4).
enum class StraightThrough {
    soft,  ///< Eq. 11 and 12: to the soft plan and the router's softmax
    hard   ///< to the affinity and the logits themselves, as if the hard choice were linear in them
};

/// METHOD §§4-6: global straight-through training against the dense model.
struct DistillRecipe {
    std::int64_t steps = 15;
    std::int64_t sequences = 4;  ///< a step
    double affinity_lr = 1e-2, router_lr = 3e-3;
    double weight_decay = 1e-4, clip = 1.0;
    double kl_weight = 2.0, ce_weight = 1.0, z_weight = 1e-3, balance_weight = 2e-2;  ///< Eq. 13-15
    double temperature_start = 1.0, temperature_end = 0.1;                            ///< tau, linear ...
    double temperature_share = 0.2;  ///< ... over this share of the steps
    double load_floor =
        0.05;  ///< least load of an expert at the end, over an even share; 0: experts may be dead
    bool train_assignment = true;  ///< off: the split stays as it is, and no transport runs
    bool train_router = true;
    Rounding rounding = Rounding::exact;
    StraightThrough straight_through = StraightThrough::soft;
    std::int64_t sinkhorn_iterations = 50;  ///< bound of a solve
    double sinkhorn_tolerance = 1e-3;       ///< relative column residual that ends it
    /// Activation checkpointing: each FFN keeps its input for the backward pass instead of its neurons'
    /// products, [T, D] for 2 [T, N], and computes those once more. Of the steps of recovery too.
    bool checkpoint_activations = false;
    std::int64_t evaluate_every = 0;    ///< steps between held-out evaluations; 0: only at the end
    std::int64_t checkpoint_every = 5;  ///< steps between checkpoints
};

/// METHOD §11: the weights change.
struct RecoverRecipe {
    /// Text to which attention's and the FFN's output projections are fitted in closed form, before any step;
    /// 0: they stay.
    std::int64_t fit_windows = 0;
    /// Each layer is split and routed anew before its fit, on the text as the fitted layers before it leave
    /// it: nearer to the dense model's than what it was split on first. What global steps learnt is lost by
    /// it.
    bool fit_split = false;
    double fit_ridge = 0.2;       ///< how near to the dense ones, over the mean energy of what they project
    std::int64_t steps = 0;       ///< in which all weights learn, of as many sequences as the global ones
    double learning_rate = 2e-4;  ///< of the weights
    double router_lr = 1e-3;
    double clip = 1.0;  ///< bound on the norm of all the weights' gradients together
};

enum class Start {
    alternating,  ///< METHOD §7
    random        ///< the paper's: A, W_r ~ N(0, 0.01^2), no layer-wise phase
};

/// How the layer-wise phase splits a layer: ours, and its rivals (align/splits, METHOD §10).
enum class Method {
    transport,    ///< alternating transport, METHOD §7
    random,       ///< a balanced random deal
    contiguous,   ///< runs of neighbouring neurons
    weights,      ///< balanced clusters of W_gate's rows: MoEfication, LLaMA-MoE
    activations,  ///< balanced clusters of what is on together: CMoE
    pruning,      ///< the best neurons always, the others never
    peer          ///< experts of one neuron on a grid of product keys: PEER
};

/// A neuron of a layer and an expert of it; -1 is the shared column.
struct NeuronPlace {
    std::int64_t layer = 0, neuron = 0, expert = 0;
    bool operator==(const NeuronPlace&) const = default;
};

/// Neurons that a person wants in an expert, or out of it.
struct ConstraintRecipe {
    std::vector<NeuronPlace> pin, forbid;
};

struct Recipe {
    std::string name = "quick";
    std::uint64_t seed = 0;
    Start start = Start::alternating;
    Method method = Method::transport;
    Layout layout;
    TextRecipe text;
    LayerwiseRecipe layerwise;
    DistillRecipe distill;
    RecoverRecipe recover;
    ConstraintRecipe constraints;
};

/// In the order of the enumeration.
std::vector<std::string> method_names();
std::string_view name_of(Method method);
/// Throws UsageError naming the methods when there is none of that name.
Method method_named(std::string_view name);

/// Whether training goes on with the split: a rival's is what it is.
inline bool learns_split(Method method) {
    return method == Method::transport;
}
/// Whether there is a router to train: a pruned layer's is zero (align/splits/pruning.h).
inline bool has_router(Method method) {
    return method != Method::pruning;
}

/// What the global phase trains.
inline bool trains_assignment(const Recipe& recipe) {
    return recipe.distill.train_assignment && learns_split(recipe.method);
}
inline bool trains_router(const Recipe& recipe) {
    return recipe.distill.train_router && has_router(recipe.method);
}

/// Whether the conversion has weights of its own.
inline bool changes_weights(const Recipe& recipe) {
    return recipe.recover.fit_windows > 0 || recipe.recover.steps > 0;
}

/// Steps of training after the layer-wise phase: the global ones, where there is something to train, and
/// those of recovery.
std::int64_t training_steps(const Recipe& recipe);

/// Names of the presets built in from resources/recipes, in order of cost.
std::vector<std::string> preset_names();
/// Throws UsageError naming the presets when there is none of that name.
Recipe preset(std::string_view name);

/// Unknown keys, wrong kinds and values out of range throw UsageError with file, line and the allowed range.
/// Keys that are absent keep their value in `recipe`.
Recipe parse_recipe(std::string_view toml, std::string_view origin, Recipe recipe = {});
Recipe load_recipe(const std::filesystem::path& path);
std::string to_toml(const Recipe& recipe);

/// Range checks of every field (also done by parse_recipe); layout rules that need N are check_layout's.
void check_recipe(const Recipe& recipe);

}  // namespace dotmoe
