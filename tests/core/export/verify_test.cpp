#include "export/verify.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "base/error.h"
#include "base/files.h"
#include "base/sha256.h"
#include "export/export.h"
#include "formats/torch_safetensors.h"
#include "toy_conversion.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;
using Tensors = std::map<std::string, at::Tensor>;

const std::string moe = "model.layers.1.block_sparse_moe.";

/// A toy conversion and its export.
struct Exported {
    explicit Exported(const Layout& layout, RouterScale routers = RouterScale::exact,
                      const char* architecture = "")
        : toy(layout), out(toy.folder.path() / "out") {
        NullSink sink;
        RunControl control;
        result = export_model({.project = toy.project_path,
                               .source = {},
                               .out = out,
                               .architecture = architecture,
                               .routers = routers,
                               .check = false},
                              sink, control);
    }

    Receipt verify() const { return verify_export(out, toy.project_path); }

    void damage_weights(const std::function<void(Tensors&)>& damage) const {
        Tensors tensors;
        {
            const safetensors::File file(out / "model.safetensors");
            for (const auto& tensor : file.tensors()) tensors[tensor.name] = to_tensor(tensor);
        }
        damage(tensors);
        std::vector<safetensors::TensorToWrite> entries;
        for (const auto& [name, tensor] : tensors) entries.push_back(to_write(name, tensor));
        safetensors::write(out / "model.safetensors", entries, {{"format", "pt"}});
    }

    void damage_json(const char* name, const std::function<void(nlohmann::json&)>& damage) const {
        auto json = nlohmann::json::parse(read_text_file(out / name));
        damage(json);
        write_file_atomically(out / name, json.dump());
    }

    test::ToyConversion toy;
    fs::path out;
    ExportResult result;
};

void swap_rows(at::Tensor& tensor, std::int64_t a, std::int64_t b) {
    auto order = at::arange(tensor.size(0));
    order[a] = b;
    order[b] = a;
    tensor = tensor.index_select(0, order);
}

void expect_failed(const Receipt& receipt, std::string_view reason) {
    EXPECT_FALSE(receipt.passed) << receipt.verdict;
    EXPECT_NE(receipt.verdict.find(reason), std::string::npos) << receipt.verdict;
}

TEST(VerifyExport, PassesWhatWasExported) {
    struct Case {
        Layout layout;
        RouterScale routers;
        const char* equivalence;
        const char* architecture = "";
    };
    for (const auto& [layout, routers, equivalence, architecture] :
         {Case{test::with_shared, RouterScale::exact, "exact"},
          Case{test::with_shared, RouterScale::portable, "approximate"},
          Case{test::without_shared, RouterScale::exact, "exact"},
          Case{test::without_shared, RouterScale::exact, "approximate", "mixtral"},
          Case{test::with_shared, RouterScale::exact, "approximate", "qwen2_moe"},
          Case{test::with_shared, RouterScale::exact, "approximate", "glm4_moe"},
          Case{test::without_shared, RouterScale::exact, "approximate", "glm4_moe"},
          Case{{6, 1, 0}, RouterScale::exact, "exact"}, Case{{6, 6, 0}, RouterScale::exact, "exact"},
          Case{{5, 5, 8}, RouterScale::portable, "exact"}}) {
        const Exported exported(layout, routers, architecture);
        const auto receipt = exported.verify();
        EXPECT_TRUE(receipt.passed) << receipt.verdict;
        EXPECT_EQ(receipt.architecture, exported.result.architecture);
        EXPECT_EQ(receipt.figures.equivalence, equivalence);
        EXPECT_EQ(exported.result.equivalence, equivalence);
        EXPECT_GT(receipt.figures.sample.size(), 60U);
        EXPECT_GT(receipt.figures.forced_difference, 0) << "the two paths share their arithmetic";
    }
}

TEST(VerifyExport, RenormalisedWeightsAreExactInBothArchitectures) {
    for (auto layout : {test::with_shared, test::without_shared}) {
        layout.routing.rule = RoutingRule::renormalised;
        const Exported exported(layout, RouterScale::portable);
        const auto receipt = exported.verify();
        EXPECT_TRUE(receipt.passed) << receipt.verdict;
        EXPECT_EQ(receipt.figures.equivalence, "exact");
        EXPECT_LT(receipt.figures.weight_error, 1e-4);
        EXPECT_EQ(receipt.figures.same_experts, 1);
    }
}

TEST(VerifyExport, StoresTheReceiptWithHashesOfEveryFile) {
    const Exported exported(test::with_shared);
    const auto receipt = exported.verify();
    const auto stored = nlohmann::json::parse(read_text_file(exported.out / "receipt.json"));
    EXPECT_EQ(stored, nlohmann::json(receipt));
    EXPECT_EQ(receipt.files.size(), 7U);
    EXPECT_EQ(receipt.files.at("model.safetensors"), sha256_of_file(exported.out / "model.safetensors"));
    EXPECT_EQ(receipt.source_sha256, sha256_of_file(exported.toy.model_path));
    EXPECT_EQ(exported.verify().files, receipt.files) << "the receipt must not count itself";
}

// All experts on hides it: the sum over experts has no order. The forced comparison does not.
TEST(VerifyExport, SeesASwappedExpert) {
    const Exported exported(test::with_shared);
    exported.damage_weights([](Tensors& tensors) {
        swap_rows(tensors.at(moe + "input_linear.weight"), 0, 3);
        swap_rows(tensors.at(moe + "output_linear.weight"), 0, 3);
    });
    const auto receipt = exported.verify();
    EXPECT_LT(receipt.figures.all_experts_difference, receipt.bounds.all_experts);
    expect_failed(receipt, "on the same routes");
}

TEST(VerifyExport, SeesASwappedMixtralExpert) {
    const Exported exported(test::without_shared, RouterScale::exact, "mixtral");
    exported.damage_weights([](Tensors& tensors) {
        for (const char* matrix : {"w1", "w2", "w3"})
            std::swap(tensors.at(moe + "experts.1." + matrix + ".weight"),
                      tensors.at(moe + "experts.4." + matrix + ".weight"));
    });
    expect_failed(exported.verify(), "on the same routes");
}

TEST(VerifyExport, SeesSwappedRouterRows) {
    const Exported exported(test::with_shared);
    exported.damage_weights(
        [](Tensors& tensors) { swap_rows(tensors.at(moe + "router.layer.weight"), 1, 2); });
    expect_failed(exported.verify(), "router");
}

TEST(VerifyExport, SeesASwappedNeuron) {
    const Exported exported(test::with_shared);
    exported.damage_weights([](Tensors& tensors) {
        auto output = tensors.at(moe + "output_linear.weight");
        const auto first = output.select(0, 0).select(1, 0).clone();
        output.select(0, 0).select(1, 0).copy_(output.select(0, 1).select(1, 0));
        output.select(0, 1).select(1, 0).copy_(first);
    });
    expect_failed(exported.verify(), "with all experts on");
}

TEST(VerifyExport, SeesAMissingAnUnexpectedAndAMisshapenTensor) {
    const std::string name = "model.layers.2.shared_mlp.output_linear.weight";
    const Exported missing(test::with_shared);
    missing.damage_weights([&](Tensors& tensors) { tensors.erase(name); });
    expect_failed(missing.verify(), name + " is missing");
    const Exported extra(test::with_shared);
    extra.damage_weights([&](Tensors& tensors) { tensors["model.extra.weight"] = at::ones({1}); });
    expect_failed(extra.verify(), "model.extra.weight is not expected");
    const Exported turned(test::with_shared);
    turned.damage_weights([&](Tensors& tensors) { tensors.at(name) = tensors.at(name).t().contiguous(); });
    expect_failed(turned.verify(), name + " is 8x32 and should be 32x8");
}

TEST(VerifyExport, SeesAWeightThatIsNotFinite) {
    const Exported exported(test::without_shared, RouterScale::exact, "mixtral");
    exported.damage_weights([](Tensors& tensors) { tensors.at(moe + "experts.2.w2.weight")[3][1] = NAN; });
    expect_failed(exported.verify(), "experts.2.w2.weight holds values that are not finite");
}

TEST(VerifyExport, SeesAWrongMultiplier) {
    for (const char* key :
         {"attention_multiplier", "embedding_multiplier", "residual_multiplier", "logits_scaling"}) {
        const Exported exported(test::with_shared);
        exported.damage_json("config.json", [&](auto& json) { json[key] = 1.25; });
        expect_failed(exported.verify(), "with all experts on");
    }
    const Exported exported(test::with_shared);
    exported.damage_json("config.json", [](auto& json) { json.erase("attention_multiplier"); });
    expect_failed(exported.verify(), "with all experts on");
}

TEST(VerifyExport, SeesAnotherNumberOfActiveExperts) {
    const Exported exported(test::with_shared);
    exported.damage_json("config.json", [](auto& json) { json["num_experts_per_tok"] = 3; });
    expect_failed(exported.verify(), "3 active experts instead of 2");
}

// The files hold far fewer tensors than a config claims: refused before names are made for them all.
TEST(VerifyExport, RefusesAConfigOfEndlessLayers) {
    const Exported exported(test::without_shared);
    exported.damage_json("config.json", [](auto& json) {
        json["num_hidden_layers"] = json["num_local_experts"] = 2'000'000'000;
    });
    expect_failed(exported.verify(), "cannot hold");
}

TEST(VerifyExport, SeesAnotherTokenizer) {
    const Exported exported(test::with_shared);
    exported.damage_json("tokenizer.json", [](auto& json) {
        std::swap(json["model"]["vocab"]["a"], json["model"]["vocab"]["b"]);
    });
    expect_failed(exported.verify(), "tokenizer.json");
}

TEST(VerifyExport, ThrowsWhereThereIsNothingToVerify) {
    const Exported exported(test::with_shared);
    EXPECT_THROW(verify_export(exported.toy.folder.path() / "absent", exported.toy.project_path), Error);
    EXPECT_THROW(verify_export(exported.out, exported.out), Error);
    EXPECT_THROW(verify_export(exported.out, exported.toy.project_path, exported.out / "config.json"), Error);
}

}  // namespace
}  // namespace dotmoe
