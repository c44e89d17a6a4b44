// The arithmetic of the dry run. Letters of METHOD.md; w is the bytes of a weight in the compute format (2
// for bf16).
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <functional>

#include "align/splits/product_key_split.h"
#include "base/compute.h"
#include "base/error.h"
#include "base/progress.h"
#include "pipeline/inspect.h"
#include "pipeline/parameters.h"

namespace dotmoe {
namespace {

constexpr double float_bytes = 4;

/// What a job asks of the machine: floating point operations of matrix products, and bytes that everything
/// between them (norms, activation functions, masks, softmax) reads and writes.
struct Work {
    double flops = 0, bytes = 0;
    Work operator+(const Work& other) const { return {flops + other.flops, bytes + other.bytes}; }
    Work operator*(double times) const { return {flops * times, bytes * times}; }
};

struct Machine {
    double flops_per_second = 0, bytes_per_second = 0;
    /// With what the counts leave out, measured: a conversion of SmolLM2 with `quick` took 5:20 where the
    /// terms say 3:20, one of the toy 4 s where they say 1 s (reading the text).
    double seconds(const Work& work) const {
        constexpr double start = 3, overhead = 1.6;
        return start + overhead * (work.flops / flops_per_second + work.bytes / bytes_per_second);
    }
};

/// The best of a quarter of a second: other programs only ever make a repetition slower.
double seconds_of(const std::function<void()>& job) {
    job();  // the first call starts threads and packs weights
    const ProgressMeter all(0);
    double best = 1e9;
    while (all.seconds() < 0.25) {
        const ProgressMeter one(0);
        job();
        best = std::min(best, one.seconds());
    }
    return best;
}

/// Two short measurements, of the sizes the conversion itself uses and like it with fresh memory for every
/// result, which costs as much as the arithmetic: [2048, D] times [D, N], and one pass over a tensor of 16
/// MiB.
Machine probe(const ModelConfig& config, const Compute& compute) {
    constexpr std::int64_t tokens = 2048;
    const at::NoGradGuard no_grad;
    const auto options = at::TensorOptions().device(compute.device).dtype(compute.dtype);
    const auto x = at::ones({tokens, config.width}, options),
               weight = at::ones({config.neurons, config.width}, options);
    const double product = seconds_of([&] { at::linear(x, weight)[0][0].item(); });
    const auto values = at::ones({4 << 20}, options.dtype(at::kFloat));
    const double pass = seconds_of([&] { at::mul(values, values)[0].item(); });
    return {2.0 * tokens * static_cast<double>(config.width * config.neurons) / product,
            2 * float_bytes * static_cast<double>(values.numel()) / pass};
}

/// The model and the layout as doubles, so that no product of untrusted counts overflows.
struct Shape {
    Shape(const ModelSummary& model, const Recipe& recipe, double weight_bytes)
        : L(static_cast<double>(model.config.layers)),
          D(static_cast<double>(model.config.width)),
          N(static_cast<double>(model.config.neurons)),
          V(static_cast<double>(model.config.vocabulary)),
          E(static_cast<double>(recipe.layout.experts)),
          columns(static_cast<double>(recipe.layout.columns())),
          heads(static_cast<double>(model.config.heads * model.config.head_width)),
          kv_heads(static_cast<double>(model.config.kv_heads * model.config.head_width)),
          window(static_cast<double>(recipe.text.window)),
          w(weight_bytes) {}

    double attention_weights() const { return 2 * D * heads + 2 * D * kv_heads; }
    double ffn_weights() const { return 3 * D * N; }
    double layer_weights() const { return L * (attention_weights() + ffn_weights()); }

    double L, D, N, V, E, columns, heads, kv_heads, window, w;
};

/// All layers once over T tokens: 2 flops a weight, and causal attention's two products, half of [window,
/// window], at a quarter of a plain product's rate. Between the products the FFN passes 10 times over [T,N]
/// (silu, write up, multiply, mask, read for down), norms, RoPE and residuals about 40 times over [T,D].
Work forward(const Shape& s, double tokens) {
    constexpr double attention_slowness = 4;
    return {tokens * s.L *
                (2 * (s.attention_weights() + s.ffn_weights()) + attention_slowness * 2 * s.window * s.heads),
            tokens * s.L * s.w * (10 * s.N + 40 * s.D)};
}

/// Output projection and log-softmax: [T,V] in fp32 is written once and passed over nine times.
Work vocabulary(const Shape& s, double tokens) {
    return {tokens * 2 * s.D * s.V, tokens * 10 * float_bytes * s.V};
}

/// One judgement of held-out text: the model judged, and its and the dense model's predictions.
Work judge(const Shape& s, double tokens) {
    return forward(s, tokens) + vocabulary(s, tokens) * 2;
}

/// METHOD §7, one layer, one round: the router's moments (S M, then X^T sqrt(S M)) and the affinity (X W_r,
/// then R^T S); S is read twice.
Work alternating_round(const Shape& s, double tokens) {
    return {tokens * 4 * s.E * (s.D + s.N), tokens * float_bytes * (2 * s.N + 8 * s.E)};
}

/// METHOD §10, one layer: the router of the split, and for clusters of activations their counts B^T B [N,N].
Work rival_split(const Shape& s, Method method, double tokens) {
    const Work counts{tokens * 2 * s.N * s.N, tokens * 3 * float_bytes * s.N};
    return alternating_round(s, tokens) + (method == Method::activations ? counts : Work{});
}

/// METHOD §4, one step: teacher and student forward and one product back for each forward one (the weights
/// are frozen), dP = U^T R and dR = U M, the vocabulary thrice (both predictions, the gradient). Sinkhorn
/// passes once over [L,N,columns] an iteration; its set-up, the plan, the gradient and AdamW about 20 times
/// a step; neither it nor dP is there where the split is fixed.
Work distill_step(const Shape& s, const Recipe& recipe, double tokens) {
    const Work plan_gradient{tokens * s.L * 4 * s.N * s.columns, tokens * s.L * 4 * float_bytes * s.N};
    const double passes = static_cast<double>(recipe.distill.sinkhorn_iterations) + 20;
    const Work transport{0, passes * float_bytes * s.L * s.N * s.columns};
    const Work backward = forward(s, tokens) * 2;  // one product for each, but twice the passes between them
    return forward(s, tokens) * 2 + Work{backward.flops / 2, backward.bytes} + vocabulary(s, tokens) * 3 +
           (trains_assignment(recipe) ? plan_gradient + transport : Work{});
}

/// METHOD §11, one step: as the global one without transport, a second product back for each weight's
/// gradient, and AdamW over all weights.
Work recover_step(const Shape& s, double tokens) {
    const auto once = forward(s, tokens);
    constexpr double adamw_passes = 12;  // gradient's norm and clip, two moments, the weight
    return once * 4 + Work{0, adamw_passes * float_bytes * s.layer_weights()} + vocabulary(s, tokens) * 3;
}

/// The energies' metric: a pass forward and back through frozen weights, and the vocabulary twice.
Work loss_metric(const Shape& s, const Recipe& recipe) {
    const double tokens = static_cast<double>(recipe.layerwise.metric_windows) * s.window;
    return forward(s, tokens) * 2 + vocabulary(s, tokens) * 2;
}

/// Straight-through steps within every layer: its FFN forward, dense and masked, and backward.
Work refinement(const Shape& s, const LayerwiseRecipe& recipe) {
    const double tokens = static_cast<double>(recipe.batch_tokens * recipe.steps) * s.L;
    return {tokens * (6 * s.ffn_weights() + 4 * s.N * s.columns), tokens * s.w * 24 * s.N};
}

Work whole_conversion(const Shape& s, const Recipe& recipe, double calibration, double held_out,
                      double batch) {
    // Dense model and result; the dense model's hidden states; the result layer by layer.
    Work work = judge(s, held_out) * 2 + forward(s, held_out) * 2;
    if (recipe.start == Start::alternating) {
        const auto split =
            recipe.method == Method::transport
                ? alternating_round(s, calibration) * static_cast<double>(recipe.layerwise.rounds)
                : rival_split(s, recipe.method, calibration);
        const auto random = alternating_round(s, calibration);  // the split to compare with, its router
        const Work gram{calibration * 2 * s.D * s.D, calibration * float_bytes * s.D};
        // Of a sequential phase the random split has its own text, whose energies take two of an FFN's three
        // products.
        const Work own_text =
            recipe.layerwise.sequential
                ? forward(s, calibration) + Work{calibration * 4 * s.D * s.N, 0} * s.L + gram * s.L
                : Work{};
        work = work + forward(s, calibration + held_out) + own_text + (split + random + gram) * s.L +
               loss_metric(s, recipe) + refinement(s, recipe.layerwise) + judge(s, held_out) * 2;
    }
    const auto& distill = recipe.distill;
    const auto steps = training_steps(recipe), recovery = recipe.recover.steps;
    const auto evaluations =
        (distill.evaluate_every > 0 ? steps / distill.evaluate_every : 0) + (recovery > 0 ? 1 : 0);
    return work + distill_step(s, recipe, batch) * static_cast<double>(steps - recovery) +
           recover_step(s, batch) * static_cast<double>(recovery) +
           judge(s, held_out) * static_cast<double>(evaluations);
}

/// The largest of loading, the layer-wise phase and a training step, over the weights in the compute format.
double peak_memory(const Shape& s, const ModelSummary& model, const Recipe& recipe, double calibration,
                   double held_out, double batch) {
    constexpr double process = 300e6;           // libtorch itself, the text and its tokens
    constexpr double vocabulary_chunk = 128;    // positions whose logits exist at a time, in six tensors
    constexpr double energy_cache = 512 << 20;  // above it S is computed anew (align/activations.h)
    const double weights = static_cast<double>(model.parameters) * s.w;
    // Weights come one by one: the mapped file, and the embedding in fp32 beside its final format.
    const double loading = static_cast<double>(model.file_bytes) + float_bytes * s.V * s.D;
    // Residual streams and FFN inputs of the calibration text, of the random split's own where the phase is
    // sequential, and of the held-out text; X and S of one layer.
    const double texts = (recipe.layerwise.sequential ? 2 : 1) * calibration + held_out;
    const double layerwise =
        2 * texts * s.D * s.w + std::min(energy_cache, calibration * float_bytes * (s.N + s.D));
    // Kept for the backward pass, a token and layer: gate and up [2N]; both norms' inputs and the router's in
    // fp32 [3D]; q, k, v and the attention's output, about [4D]; six times the router's [E].
    const double activations = batch * s.L * (s.w * (2 * s.N + 4 * s.D) + float_bytes * (3 * s.D + 6 * s.E));
    // A, its gradient, AdamW's two moments, the soft plan, its gradient and Sinkhorn's temporaries:
    // [L,N,columns] each.
    const double transport = 10 * float_bytes * s.L * s.N * s.columns;
    const double logits = 6 * float_bytes * vocabulary_chunk * s.V;
    // Freed blocks between live ones: a conversion of SmolLM2 with `quick` peaked at 3.57 GB where these
    // terms say 3.2.
    constexpr double fragmentation = 1.17;
    // A leaf, its gradient and AdamW's two moments; for their gradients also the inputs of the projections.
    const double recovery = 4 * float_bytes * s.layer_weights() + batch * s.L * s.w * (2 * s.D + s.heads);
    const double training = recipe.recover.steps > 0   ? fragmentation * (activations + recovery + logits)
                            : recipe.distill.steps > 0 ? fragmentation * (activations + transport + logits)
                                                       : logits;
    return process + weights + std::max({loading, layerwise, training});
}

/// The conversion and one checkpoint, each beside its successor while it is replaced: owner int64 [N], W_r
/// and, in the checkpoint, A and AdamW's moments of both. Recovery adds the weights, in the checkpoint with
/// their moments; the ends of the two phases (pipeline/kept_states.h) are experts too.
double disk(const Shape& s, const Recipe& recipe) {
    const double experts = s.L * (8 * s.N + float_bytes * s.D * s.E);
    const double checkpoint = 3 * float_bytes * s.L * (s.N * s.columns + s.D * s.E);
    const double layers = float_bytes * s.layer_weights(), vocabulary = 2 * float_bytes * s.V * s.D;
    const double recovered = recipe.recover.steps > 0 ? 4 * layers + vocabulary : 0;
    return 2 * (experts + checkpoint + recovered) + 2 * experts;
}

}  // namespace

CostEstimate estimate_cost(const ModelSummary& model, const Recipe& given, int threads) {
    if (!model.refusal.empty()) throw Error(model.refusal);
    check_recipe(given);
    check_layout(given.layout, model.config.neurons);
    const auto recipe = with_single_neurons(given, model.config.neurons);
    set_thread_count(threads);
    const auto compute = choose_compute(DeviceChoice::automatic);
    const Shape s(model, recipe, static_cast<double>(at::elementSize(compute.dtype)));
    const double calibration = static_cast<double>(recipe.text.calibration_windows) * s.window;
    const double held_out = static_cast<double>(recipe.text.held_out_windows) * s.window;
    const double batch = static_cast<double>(recipe.distill.sequences) * s.window;

    CostEstimate estimate;
    estimate.memory_bytes =
        static_cast<std::int64_t>(peak_memory(s, model, recipe, calibration, held_out, batch));
    estimate.disk_bytes = static_cast<std::int64_t>(disk(s, recipe));
    estimate.seconds =
        probe(model.config, compute).seconds(whole_conversion(s, recipe, calibration, held_out, batch));
    estimate.train_tokens =
        static_cast<std::int64_t>(calibration + batch * static_cast<double>(training_steps(recipe)));
    estimate.active_neuron_share = recipe.layout.active_share(model.config.neurons);
    estimate.active_parameters = count_parameters(model.config, recipe.layout, recipe.method).active;
    return estimate;
}

void to_json(nlohmann::json& json, const CostEstimate& estimate) {
    json = {{"memory_bytes", estimate.memory_bytes},
            {"disk_bytes", estimate.disk_bytes},
            {"seconds", estimate.seconds},
            {"train_tokens", estimate.train_tokens},
            {"active_neuron_share", estimate.active_neuron_share},
            {"active_parameters", estimate.active_parameters}};
}

}  // namespace dotmoe
