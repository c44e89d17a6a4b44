#include "align/projection_fit.h"

#include <ATen/core/grad_mode.h>

#include "align/activations.h"
#include "align/ridge_regression.h"
#include "experts/masked_ffn.h"

namespace dotmoe {

namespace {

/// The regression of a layer's attention from `prior` on, `teacher` behind it and `student` before it.
at::Tensor fitted_attention(const Transformer& dense, const at::Tensor& prior, std::int64_t l,
                            const ActivationStream& teacher, const ActivationStream& student, double ridge) {
    if (dense.config().post_norms) return prior;
    RidgeRegression attention;
    for (std::size_t b = 0; b < student.batches().size(); ++b) {
        const auto& before = student.batches()[b];
        attention.add(dense.attention_heads(before, l).flatten(0, 1),
                      (teacher.batches()[b] - before).flatten(0, 1));
    }
    return attention.solve(prior, ridge);
}

/// The regression of a layer's FFN from `prior` on, `teacher` behind it and `student` before it.
at::Tensor fitted_down(const Transformer& dense, const at::Tensor& prior, const ExpertSet& experts,
                       std::int64_t l, const ActivationStream& teacher, const ActivationStream& student,
                       double ridge) {
    const auto& layer = dense.weights().layer(l);
    RidgeRegression down;
    for (std::size_t b = 0; b < student.batches().size(); ++b) {
        const auto& before = student.batches()[b];
        const auto x = dense.feed_forward_input(before, l);
        const auto wanted =
            dense.config().post_norms ? dense_feed_forward(x, layer) : teacher.batches()[b] - before;
        down.add(masked_neuron_outputs(x, layer, experts, l).flatten(0, 1), wanted.flatten(0, 1));
    }
    return down.solve(prior, ridge);
}

}  // namespace

Weights fit_projections(const Transformer& dense, Weights weights, ExpertSet experts,
                        const at::Tensor& windows, double ridge, const FitHooks& hooks,
                        std::vector<Projections> done) {
    const at::NoGradGuard no_grad;
    auto computed = dense.weights();  // what the converted layers compute with
    ActivationStream teacher(dense, windows), student(dense, windows);
    for (std::int64_t l = 0; l < dense.config().layers; ++l) {
        const auto index = static_cast<std::size_t>(l);
        auto &layer = weights.layers[index], &used = computed.layers[index];
        const bool known = index < done.size();
        teacher.attend();
        // A checkpoint comes from the CPU.
        layer.output = known ? done[index].attention.to(layer.output.options())
                             : fitted_attention(dense, layer.output, l, teacher, student, ridge);
        used.output = layer.output.to(used.output.options());
        student.attend(used.output);
        teacher.advance(dense.dense());
        if (known) {
            layer.down = done[index].down.to(layer.down.options());
        } else {
            if (hooks.split) experts.layers[index] = hooks.split(l, student.feed_forward_inputs());
            layer.down = fitted_down(dense, layer.down, experts, l, teacher, student, ridge);
            hooks.on_layer(l, {experts.layers[index], {layer.output, layer.down}});
        }
        used.down = layer.down.to(used.down.options());
        student.advance(converted_feed_forward(computed, experts));
    }
    return weights;
}

}  // namespace dotmoe
