#include "align/splits/split_layer.h"

#include "align/splits/activation_clusters.h"
#include "align/splits/contiguous.h"
#include "align/splits/product_key_split.h"
#include "align/splits/pruning.h"
#include "align/splits/random.h"
#include "align/splits/weight_clusters.h"
#include "base/error.h"

namespace dotmoe {
namespace {

/// Owner [N] of a method that leaves the router to the ridge regression.
at::Tensor routed_split(Method method, const SplitInputs& layer, const LayerwiseRecipe& recipe,
                        std::uint64_t seed) {
    const auto& layout = layer.placement.layout;
    switch (method) {
        case Method::contiguous:
            return contiguous_split(layer.energies, layout);
        case Method::weights:
            return weight_cluster_split(layer.energies, layer.weights, layout, seed);
        case Method::activations:
            return activation_cluster_split(layer.energies, layout, recipe.top_activations);
        case Method::random:
            return random_split(layer.energies, layout, seed);
        case Method::transport:
        case Method::pruning:
        case Method::peer:
            break;
    }
    fail("method {} is not a split with a ridge router", name_of(method));
}

}  // namespace

LayerExperts split_layer(Method method, const SplitInputs& layer, const LayerwiseRecipe& recipe,
                         std::uint64_t seed) {
    const auto& layout = layer.placement.layout;
    if (method == Method::pruning || method == Method::peer) {
        auto own = method == Method::pruning ? pruned_layer(layer.energies, layout)
                                             : product_key_layer(layer.energies, layer.ridge, layout, seed);
        own.owner = moved_to_allowed(own.owner, layer.placement);
        return own;
    }
    const auto owner = moved_to_allowed(routed_split(method, layer, recipe, seed), layer.placement);
    return {owner, layer.ridge.fit(owner, layout)};
}

}  // namespace dotmoe
