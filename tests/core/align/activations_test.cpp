#include "align/activations.h"

#include <gtest/gtest.h>

#include "core/align/small_layer.h"

namespace dotmoe {
namespace {

TEST(NeuronEnergies, AreTheFormulasWhetherCachedOrNot) {
    at::manual_seed(2);
    const auto layer = test::small_layer(8, 24);
    const auto x = at::randn({5000, 8});  // three chunks
    const auto h = at::silu(x.matmul(layer.gate.t())) * x.matmul(layer.up.t());
    const auto wanted = (h.abs() * layer.down.norm(2, 0)).pow(2);
    for (const std::int64_t cache : {std::int64_t{0}, std::int64_t{1} << 30}) {
        const NeuronEnergies energies(x, layer, {}, cache);
        ASSERT_EQ(energies.chunks(), 3);
        std::vector<at::Tensor> inputs, values;
        for (std::int64_t i = 0; i < energies.chunks(); ++i) {
            inputs.push_back(energies.chunk(i).inputs);
            values.push_back(energies.chunk(i).energies);
        }
        EXPECT_TRUE(at::equal(at::cat(inputs), x));
        EXPECT_TRUE(at::allclose(at::cat(values), wanted, 1e-4, 1e-6));
    }
}

}  // namespace
}  // namespace dotmoe
