#include "align/projection_fit.h"

#include <ATen/core/grad_mode.h>

#include "align/activations.h"
#include "align/ridge_regression.h"
#include "experts/masked_ffn.h"

namespace dotmoe {

namespace {

/// The regression of a layer's attention, `teacher` behind it and `student` before it.
at::Tensor fitted_attention(const Transformer& dense, std::int64_t l, const ActivationStream& teacher,
                            const ActivationStream& student, double ridge) {
    const auto& output = dense.weights().layer(l).output;
    if (dense.config().post_norms) return output;
    RidgeRegression attention;
    for (std::size_t b = 0; b < student.batches().size(); ++b) {
        const auto& before = student.batches()[b];
        attention.add(dense.attention_heads(before, l).flatten(0, 1),
                      (teacher.batches()[b] - before).flatten(0, 1));
    }
    return attention.solve(output, ridge);
}

/// The regression of a layer's FFN, `teacher` behind it and `student` before it.
at::Tensor fitted_down(const Transformer& dense, const ExpertSet& experts, std::int64_t l,
                       const ActivationStream& teacher, const ActivationStream& student, double ridge) {
    const auto& layer = dense.weights().layer(l);
    RidgeRegression down;
    for (std::size_t b = 0; b < student.batches().size(); ++b) {
        const auto& before = student.batches()[b];
        const auto x = dense.feed_forward_input(before, l);
        const auto wanted =
            dense.config().post_norms ? dense_feed_forward(x, layer) : teacher.batches()[b] - before;
        down.add(masked_neuron_outputs(x, layer, experts, l).flatten(0, 1), wanted.flatten(0, 1));
    }
    return down.solve(layer.down, ridge);
}

}  // namespace

Weights fit_projections(const Transformer& dense, ExpertSet experts, const at::Tensor& windows, double ridge,
                        const FitHooks& hooks, std::vector<Projections> done) {
    const at::NoGradGuard no_grad;
    auto weights = dense.weights();
    ActivationStream teacher(dense, windows), student(dense, windows);
    for (std::int64_t l = 0; l < dense.config().layers; ++l) {
        const auto index = static_cast<std::size_t>(l);
        auto& layer = weights.layers[index];
        const bool known = index < done.size();
        teacher.attend();
        // A checkpoint comes from the CPU.
        layer.output = known ? done[index].attention.to(layer.output.options())
                             : fitted_attention(dense, l, teacher, student, ridge);
        student.attend(layer.output);
        teacher.advance(dense.dense());
        if (known) {
            layer.down = done[index].down.to(layer.down.options());
        } else {
            if (hooks.split) experts.layers[index] = hooks.split(l, student.feed_forward_inputs());
            layer.down = fitted_down(dense, experts, l, teacher, student, ridge);
            hooks.on_layer(l, {experts.layers[index], {layer.output, layer.down}});
        }
        student.advance(converted_feed_forward(weights, experts));
    }
    return weights;
}

}  // namespace dotmoe
