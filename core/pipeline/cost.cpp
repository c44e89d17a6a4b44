// The arithmetic of the dry run. Letters of METHOD.md; w is the bytes of a weight in the compute format (2
// for bf16).
#include <algorithm>
#include <chrono>
#include <functional>

#include "base/compute.h"
#include "base/error.h"
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
    double seconds(const Work& work) const {
        return work.flops / flops_per_second + work.bytes / bytes_per_second;
    }
};

double seconds_of(const std::function<void()>& job) {
    using Clock = std::chrono::steady_clock;
    job();  // the first call starts threads and packs weights
    double best = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
        const auto start = Clock::now();
        job();
        best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
    }
    return best;
}

/// Two short measurements, of the sizes the conversion itself uses: [512, D] times [D, N], and one pass over
/// a tensor of 16 MiB.
Machine probe(const ModelConfig& config, const Compute& compute) {
    const at::NoGradGuard no_grad;
    const auto options = at::TensorOptions().device(compute.device).dtype(compute.dtype);
    const auto tokens = at::ones({512, config.width}, options),
               weight = at::ones({config.neurons, config.width}, options);
    const double product = seconds_of([&] { at::linear(tokens, weight).sum().item(); });
    const auto values = at::ones({4 << 20}, options.dtype(at::kFloat));
    auto result = at::empty_like(values);
    const double pass = seconds_of([&] {
        at::mul_out(result, values, values);
        result[0].item();
    });
    return {2.0 * 512 * static_cast<double>(config.width * config.neurons) / product,
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

    double L, D, N, V, E, columns, heads, kv_heads, window, w;
};

/// All layers once over T tokens: 2 flops a weight, and causal attention's two products, half of [window,
/// window]. Between the products the FFN passes 8 times over [T,N] (write gate, silu, write up, multiply,
/// read for down), norms, RoPE and residuals about 20 times over [T,D].
Work forward(const Shape& s, double tokens) {
    return {tokens * s.L * (2 * (s.attention_weights() + s.ffn_weights()) + 2 * s.window * s.heads),
            tokens * s.L * s.w * (8 * s.N + 20 * s.D)};
}

/// Output projection and log-softmax: [T,V] in fp32 is written once and passed over three times.
Work vocabulary(const Shape& s, double tokens) {
    return {tokens * 2 * s.D * s.V, tokens * 4 * float_bytes * s.V};
}

/// Dense and converted model over held-out text.
Work judge(const Shape& s, double tokens) {
    return (forward(s, tokens) + vocabulary(s, tokens)) * 2;
}

/// METHOD §7, one layer, one round: ridge statistics X^T sqrt(S M), logits X W_r, affinity R^T S; S is read
/// three times.
Work alternating_round(const Shape& s, double tokens) {
    return {tokens * 2 * (2 * s.D * s.E + s.E * s.N), tokens * float_bytes * (3 * s.N + 4 * s.E)};
}

/// METHOD §4, one step: the dense teacher and the student forward, H once more and the gradient of every
/// product in the backward pass (the weights are frozen: one product each, not two), dP = U^T R, and the
/// Sinkhorn solve, 8 passes an iteration over [L,N,columns].
Work distill_step(const Shape& s, const DistillRecipe& recipe, double tokens) {
    const auto once = forward(s, tokens) + vocabulary(s, tokens);
    const Work recomputed{tokens * s.L * 4 * s.D * s.N, tokens * s.L * 8 * s.N * s.w};
    const Work plan_gradient{tokens * s.L * 2 * s.N * s.E, 0};
    const Work sinkhorn{
        0, static_cast<double>(recipe.sinkhorn_iterations) * 8 * float_bytes * s.L * s.N * s.columns};
    return once * 3 + recomputed + plan_gradient + sinkhorn;
}

Work whole_conversion(const Shape& s, const Recipe& recipe, double calibration, double held_out,
                      double batch) {
    const auto& distill = recipe.distill;
    Work work = judge(s, held_out);  // of the result
    if (recipe.start == Start::alternating) {
        const double rounds =
            static_cast<double>(recipe.layerwise.rounds) + 1;  // + the random split's router fit
        work = work + forward(s, calibration) + judge(s, held_out) * 2 +
               (alternating_round(s, calibration) * rounds + Work{calibration * 2 * s.D * s.D, 0}) * s.L;
        work = work + (forward(s, static_cast<double>(recipe.layerwise.batch_tokens)) * 4) *
                          static_cast<double>(recipe.layerwise.steps);
    }
    const double evaluations =
        distill.evaluate_every > 0 ? static_cast<double>(distill.steps / distill.evaluate_every) : 0;
    return work + distill_step(s, distill, batch) * static_cast<double>(distill.steps) +
           judge(s, held_out) * evaluations;
}

/// The largest of loading, the layer-wise phase and a training step, over the weights in the compute format.
double peak_memory(const Shape& s, const ModelSummary& model, const Recipe& recipe, double calibration,
                   double batch) {
    constexpr double process = 250e6;         // libtorch itself
    constexpr double vocabulary_chunk = 512;  // positions whose logits exist at a time
    const double weights = static_cast<double>(model.parameters) * s.w;
    // The mapped file and the embedding in fp32, beside the weights.
    const double loading = static_cast<double>(model.file_bytes) + float_bytes * s.V * s.D;
    // Residual stream and FFN inputs of all calibration tokens; H and S of one layer.
    const double layerwise = calibration * (2 * s.D * s.w + s.N * (s.w + 2 * float_bytes));
    // Kept for the backward pass: about 14 tensors [T,D] and the routing [T,E] a layer; H, its parts and U of
    // one layer.
    const double activations = batch * (s.L * (14 * s.D * s.w + 4 * s.E * float_bytes) + 6 * s.N * s.w);
    // A, its gradient, AdamW's two moments, the soft plan, its gradient and Sinkhorn's temporaries: 10 times
    // [L,N,columns].
    const double transport = 10 * float_bytes * s.L * s.N * s.columns;
    const double logits = 4 * float_bytes * vocabulary_chunk * s.V;
    const double training = recipe.distill.steps > 0 ? activations + transport + logits : logits;
    return process + weights + std::max({loading, layerwise, training});
}

/// The conversion and one checkpoint, each beside its successor while it is replaced: owner int64 [N], W_r
/// and, in the checkpoint, A and AdamW's moments of both.
double disk(const Shape& s) {
    const double experts = s.L * (8 * s.N + float_bytes * s.D * s.E);
    const double checkpoint = 3 * float_bytes * s.L * (s.N * s.columns + s.D * s.E);
    return 2 * (experts + checkpoint);
}

}  // namespace

CostEstimate estimate_cost(const ModelSummary& model, const Recipe& recipe, int threads) {
    if (!model.refusal.empty()) throw Error(model.refusal);
    check_recipe(recipe);
    check_layout(recipe.layout, model.config.neurons);
    set_thread_count(threads);
    const auto compute = choose_compute(DeviceChoice::automatic);
    const Shape s(model, recipe, static_cast<double>(at::elementSize(compute.dtype)));
    const double calibration = static_cast<double>(recipe.text.calibration_windows) * s.window;
    const double held_out = static_cast<double>(recipe.text.held_out_windows) * s.window;
    const double batch = static_cast<double>(recipe.distill.sequences) * s.window;

    CostEstimate estimate;
    estimate.memory_bytes = static_cast<std::int64_t>(peak_memory(s, model, recipe, calibration, batch));
    estimate.disk_bytes = static_cast<std::int64_t>(disk(s));
    estimate.seconds =
        probe(model.config, compute).seconds(whole_conversion(s, recipe, calibration, held_out, batch));
    estimate.train_tokens =
        static_cast<std::int64_t>(calibration + batch * static_cast<double>(recipe.distill.steps));
    estimate.active_neuron_share = recipe.layout.active_share(model.config.neurons);
    estimate.active_parameters = count_parameters(model.config, recipe.layout).active;
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
