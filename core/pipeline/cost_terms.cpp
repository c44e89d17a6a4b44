#include "pipeline/cost_terms.h"

#include <algorithm>

#include "align/load_floor.h"
#include "experts/runtime_speed.h"

namespace dotmoe {
namespace {

constexpr double float_bytes = 4;
constexpr double packed_bytes = 2;  ///< the speed is measured in bf16

}  // namespace

CostTerms::CostTerms(const ModelSummary& model, const Recipe& recipe, const WeightBytes& bytes)
    : recipe_(recipe),
      bytes_(bytes),
      L(static_cast<double>(model.config.layers)),
      D(static_cast<double>(model.config.width)),
      N(static_cast<double>(model.config.neurons)),
      V(static_cast<double>(model.config.vocabulary)),
      E(static_cast<double>(recipe.layout.experts)),
      columns(static_cast<double>(recipe.layout.columns())),
      heads(static_cast<double>(model.config.heads * model.config.head_width)),
      kv_heads(static_cast<double>(model.config.kv_heads * model.config.head_width)),
      window(static_cast<double>(recipe.text.window)),
      parameters(static_cast<double>(model.parameters)),
      file_bytes(static_cast<double>(model.file_bytes)),
      calibration(static_cast<double>(recipe.text.calibration_windows) * window),
      held_out(static_cast<double>(recipe.text.held_out_windows) * window),
      batch(static_cast<double>(recipe.distill.sequences) * window) {}

/// All layers once over T tokens: 2 flops a weight, and causal attention's two products, half of [window,
/// window], at a quarter of a plain product's rate. Between the products the FFN passes 10 times over [T,N]
/// (silu, write up, multiply, mask, read for down), norms, RoPE and residuals about 40 times over [T,D].
double CostTerms::forward_flops(double tokens) const {
    constexpr double attention_slowness = 4;
    return tokens * L * (2 * (attention_weights() + ffn_weights()) + attention_slowness * 2 * window * heads);
}

double CostTerms::forward_bytes(double tokens, double weight_bytes) const {
    return tokens * L * weight_bytes * (10 * N + 40 * D);
}

/// Log-softmax behind the output projection: [T,V] in fp32 is written once and passed over nine times.
double CostTerms::vocabulary_bytes(double tokens) const {
    return tokens * 10 * float_bytes * V;
}

/// METHOD §7, one layer: S by two of its FFN's three products, and X^T X of its router.
Work CostTerms::energies(double tokens) const {
    return {tokens * 2 * D * D, tokens * 4 * D * N, tokens * float_bytes * (D + 4 * N)};
}

/// METHOD §7, one layer, one round: the router's moments (S M, then X^T sqrt(S M)) and the affinity (X W_r,
/// then R^T S^p); S is read twice, S^p written and read.
Work CostTerms::alternating_round(double tokens) const {
    return {tokens * 4 * E * (D + N), 0, tokens * float_bytes * (4 * N + 8 * E)};
}

/// One layer. METHOD §10: a rival has the router of its split, and clusters of activations their counts B^T B
/// [N,N].
Work CostTerms::split(double tokens) const {
    if (recipe_.method == Method::transport)
        return energies(tokens) + alternating_round(tokens) * static_cast<double>(recipe_.layerwise.rounds);
    const Work counts{tokens * 2 * N * N, 0, tokens * 3 * float_bytes * N};
    return energies(tokens) + alternating_round(tokens) +
           (recipe_.method == Method::activations ? counts : Work{});
}

Work CostTerms::metric() const {
    const double tokens = static_cast<double>(recipe_.layerwise.metric_windows) * window;
    return aligned_forward(tokens) * 2 + aligned_vocabulary(tokens) * 2;
}

/// Straight-through steps within a layer: its FFN forward, dense and masked, and backward.
Work CostTerms::refinement() const {
    const double tokens = static_cast<double>(recipe_.layerwise.batch_tokens * recipe_.layerwise.steps);
    return {0, tokens * (6 * ffn_weights() + 4 * N * columns), tokens * bytes_.aligned * 24 * N};
}

Work CostTerms::layer() const {
    // The split to compare with, its router.
    const auto random = recipe_.layerwise.random_baseline ? alternating_round(calibration) : Work{};
    // Of a sequential phase the random split has its own text.
    const auto own_text =
        random_has_own_text() ? aligned_forward(calibration) * (1 / L) + energies(calibration) : Work{};
    return aligned_forward(calibration + held_out) * (1 / L) + own_text + split(calibration) + random +
           refinement();
}

/// One step: teacher and student forward and one product back for each forward one (the weights are frozen),
/// dP = U^T R and dR = U M, the vocabulary thrice (both predictions, the gradient). Sinkhorn passes once over
/// [L,N,columns] an iteration; its set-up, the plan, the gradient and AdamW about 20 times a step; neither it
/// nor dP is there where the split is fixed.
Work CostTerms::global_step() const {
    const Work plan_gradient{0, batch * L * 4 * N * columns, batch * L * 4 * float_bytes * N};
    const double passes = static_cast<double>(recipe_.distill.sinkhorn_iterations) + 20;
    const Work transport{0, 0, passes * float_bytes * L * N * columns};
    const auto forward = aligned_forward(batch);
    const Work backward{0, forward.aligned_flops, 2 * forward.bytes};  // twice the passes between products
    return forward * 2 + computed_again() + backward + aligned_vocabulary(batch) * 3 +
           (trains_assignment(recipe_) ? plan_gradient + transport : Work{});
}

/// Activation checkpointing: two of an FFN's three products a second time.
Work CostTerms::computed_again() const {
    if (!recipe_.distill.checkpoint_activations) return {};
    return {0, batch * L * 4 * D * N, batch * L * bytes_.aligned * 2 * N};
}

/// Both models' text a layer at a time, the converted one's gate and up products and its attention once more,
/// H^T H and H^T Y of the FFN's neurons and of attention's heads; then Cholesky solves in fp64, at half the
/// rate.
Work CostTerms::fit() const {
    const double tokens = static_cast<double>(recipe_.recover.fit_windows) * window;
    if (tokens == 0) return {};
    const auto gram = [&](double inputs) { return 2 * inputs * (inputs + D); };
    const auto cholesky = [&](double inputs) { return 2 * inputs * inputs * (inputs / 3 + 2 * D); };
    const Work moments{tokens * L * (gram(N) + gram(heads)),
                       tokens * L * (4 * D * N + 2 * attention_weights()),
                       tokens * L * float_bytes * 6 * (N + heads)};
    const Work solve{L * (cholesky(N) + cholesky(heads)), 0, L * 4 * float_bytes * (N * N + heads * heads)};
    const auto split_again = recipe_.recover.fit_split ? split(tokens) * L : Work{};
    return aligned_forward(tokens) * 2 + moments + solve + split_again;
}

/// One step: as the global one without transport, a second product back for each weight's gradient, and AdamW
/// over all weights.
Work CostTerms::recovery_step() const {
    constexpr double adamw_passes = 12;  // gradient's norm and clip, two moments, the weight
    return aligned_forward(batch) * 4 + computed_again() +
           Work{0, 0, adamw_passes * float_bytes * layer_weights()} + aligned_vocabulary(batch) * 3;
}

Work CostTerms::finish() const {
    constexpr SpeedTest test;  // of the dense model and the converted one; a prompt more warms each up
    constexpr auto prompts = static_cast<double>(2 * (test.repeats + 1) * test.prompt);
    constexpr auto generated = static_cast<double>(2 * test.repeats * test.tokens);
    const Work speed{0, prompts * 2 * layer_weights(), generated * parameters * packed_bytes};
    return judged_forward(held_out + revival_windows * window) + speed;
}

std::vector<CostTerms::Phase> CostTerms::conversion() const {
    const auto& distill = recipe_.distill;
    const auto recovery = recipe_.recover.steps, steps = training_steps(recipe_) - recovery;
    const bool layerwise = recipe_.start == Start::alternating;
    const auto evaluations = (distill.evaluate_every > 0 ? (steps + recovery) / distill.evaluate_every : 0) +
                             (changes_weights(recipe_) && (steps > 0 || !layerwise) ? 1 : 0) +
                             (recovery > 0 && recipe_.recover.fit_windows > 0 ? 1 : 0);
    // Dense model and result, random and own split where there is a layer-wise phase.
    const auto judgements = 2 + (layerwise ? 2 : 0) + evaluations;
    std::vector<Phase> phases{
        {CostPhase::load, {}},
        {CostPhase::judge, dense_states() + judgement() * static_cast<double>(judgements)}};
    const auto splits = (layerwise ? 1 : 0) + (recipe_.recover.fit_windows > 0 && recipe_.recover.fit_split);
    phases.push_back({CostPhase::metric, metric() * static_cast<double>(splits)});
    if (layerwise) phases.push_back({CostPhase::layers, layer() * L});
    phases.push_back({CostPhase::global, global_step() * static_cast<double>(steps)});
    phases.push_back({CostPhase::fit, fit()});
    phases.push_back({CostPhase::recovery, recovery_step() * static_cast<double>(recovery)});
    phases.push_back({CostPhase::finish, finish()});
    std::erase_if(phases,
                  [](const Phase& phase) { return phase.phase != CostPhase::load && phase.work.bytes == 0; });
    return phases;
}

double CostTerms::memory() const {
    constexpr double process = 300e6;           // libtorch itself, the text and its tokens
    constexpr double vocabulary_chunk = 128;    // positions whose logits exist at a time, in six tensors
    constexpr double energy_cache = 512 << 20;  // above it S is computed anew (align/activations.h)
    const auto [judged, aligned] = bytes_;
    const double weights = parameters * (judged == aligned ? judged : judged + aligned);
    // Weights come one by one: the mapped file, and the embedding in fp32 beside its final format.
    const double loading = file_bytes + float_bytes * V * D;
    // Residual streams (fp32) and FFN inputs of the calibration text, of the random split's own where the
    // phase is sequential, and of the held-out text; X and S of one layer.
    const double texts = (random_has_own_text() ? 2 : 1) * calibration + held_out;
    const auto energies = [&](double tokens) {
        return std::min(energy_cache, tokens * float_bytes * (N + D));
    };
    const double stream = float_bytes * D, inputs = aligned * D;  // of a token
    const double layerwise = texts * (stream + inputs) + energies(calibration);
    // Kept for the backward pass, a token and layer: gate and up [2N], or the FFN's input; both norms' inputs
    // and the router's in fp32 [3D]; q, k, v and the attention's output, about [4D]; six times the router's
    // [E].
    const double ffn = recipe_.distill.checkpoint_activations ? D : 2 * N;
    const double activations = batch * L * (aligned * (ffn + 4 * D) + float_bytes * (3 * D + 6 * E));
    // A, its gradient, AdamW's two moments, the soft plan, its gradient and Sinkhorn's temporaries:
    // [L,N,columns] each.
    const double transport = 10 * float_bytes * L * N * columns;
    const double logits = 6 * float_bytes * vocabulary_chunk * V;
    // Freed blocks between live ones: a conversion of SmolLM2 with `quick` peaked at 3.57 GB where these
    // terms say 3.2.
    constexpr double fragmentation = 1.17;
    // A leaf, its gradient and AdamW's two moments, the weights that they begin from (at most: what the fit
    // left alone is shared) and the student's in the alignment's format; for their gradients also the inputs
    // of the projections.
    const double recovery =
        (4 * float_bytes + judged + aligned) * layer_weights() + batch * L * aligned * (2 * D + heads);
    const double training = recipe_.recover.steps > 0   ? fragmentation * (activations + recovery + logits)
                            : recipe_.distill.steps > 0 ? fragmentation * (activations + transport + logits)
                                                        : logits;
    // Both residual streams, and the FFN's inputs for a new split; the moments, in fp64 too, and their
    // factor; the projections that are new.
    const double fitted = static_cast<double>(recipe_.recover.fit_windows) * window;
    const double new_split = recipe_.recover.fit_split ? fitted * inputs + energies(fitted) : 0;
    const double fit = fitted == 0 ? 0
                                   : 2 * fitted * stream + 8 * float_bytes * N * (N + D) +
                                         L * (N + heads) * D * (judged + aligned) + new_split;
    const double speed = 2 * packed_bytes * parameters;  // of two models
    return process + weights + std::max({loading, layerwise, fit, training, speed});
}

/// The conversion and one checkpoint, each beside its successor while it is replaced: owner int64 [N], W_r
/// and, in the checkpoint, A and AdamW's moments of both. Recovery adds the weights, its steps those in the
/// checkpoint with their moments, before them the fitted projections; the ends of the two phases
/// (pipeline/kept_states.h) are experts too.
double CostTerms::disk() const {
    const double experts = L * (8 * N + float_bytes * D * E);
    const double checkpoint = 3 * float_bytes * L * (N * columns + D * E);
    const double layers = float_bytes * layer_weights(), vocabulary = 2 * float_bytes * V * D;
    const double own_weights = changes_weights(recipe_) ? layers + vocabulary : 0;
    const double fitted = recipe_.recover.fit_windows > 0 ? float_bytes * L * (N + heads) * D : 0;
    const double trained_weights = recipe_.recover.steps > 0 ? 3 * layers : fitted;
    return 2 * (experts + checkpoint + own_weights + trained_weights) + 2 * experts;
}

std::int64_t CostTerms::train_tokens() const {
    return static_cast<std::int64_t>(calibration + batch * static_cast<double>(training_steps(recipe_)));
}

}  // namespace dotmoe
