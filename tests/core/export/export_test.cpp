#include "export/export.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "experts/project.h"
#include "export/export_tensors.h"
#include "formats/torch_safetensors.h"
#include "model/layer_stream.h"
#include "toy_conversion.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;
using test::ToyConversion;

std::set<std::string> names_in(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename().string());
    return names;
}

ExportResult run(const ToyConversion& toy, const fs::path& out, const char* architecture = "") {
    NullSink sink;
    RunControl control;
    return export_model({.project = toy.project_path, .source = {}, .out = out, .architecture = architecture},
                        sink, control);
}

TEST(ExportModel, WritesEveryFile) {
    const ToyConversion toy(test::with_shared);
    const auto result = run(toy, toy.folder.path() / "out");
    EXPECT_EQ(result.architecture, "GraniteMoeSharedForCausalLM");
    EXPECT_EQ(result.equivalence, "exact");
    EXPECT_EQ(result.router_factor, 0x1p-40);
    EXPECT_GT(result.bytes,
              static_cast<std::int64_t>(fs::file_size(toy.folder.path() / "out/model.safetensors")));
    EXPECT_EQ(names_in(toy.folder.path() / "out"),
              (std::set<std::string>{"README.md", "config.json", "generation_config.json",
                                     "model.safetensors", "receipt.json", "special_tokens_map.json",
                                     "tokenizer.json", "tokenizer_config.json"}));
    EXPECT_EQ(names_in(toy.folder.path()), (std::set<std::string>{"model.gguf", "out", "project"}));
}

// All experts' columns of k W_down side by side, put back by owner, are the dense layer.
TEST(ExportModel, ExpertsHoldTheDenseNeurons) {
    const ToyConversion toy(test::without_shared);
    run(toy, toy.folder.path() / "out", "mixtral");
    const safetensors::File file(toy.folder.path() / "out/model.safetensors");
    const auto& layer = toy.model->weights.layers[1];
    const auto neurons = neurons_of_columns(toy.experts.layers[1].owner, toy.experts.layout);
    for (std::size_t e = 0; e < neurons.size(); ++e) {
        const auto expert = fmt::format("model.layers.1.block_sparse_moe.experts.{}.", e);
        EXPECT_TRUE(to_tensor(file.at(expert + "w1.weight")).equal(layer.gate.index_select(0, neurons[e])));
        EXPECT_TRUE(to_tensor(file.at(expert + "w3.weight")).equal(layer.up.index_select(0, neurons[e])));
        EXPECT_TRUE(
            to_tensor(file.at(expert + "w2.weight")).equal(2 * layer.down.index_select(1, neurons[e])));
    }
}

// All that is written of a layer is made before the next one is read.
TEST(ExportModel, ReadsEachLayerOnce) {
    const ToyConversion toy(test::with_shared);
    auto streamed = *toy.model;
    std::vector<std::int64_t> read;
    streamed.weights.layers.clear();
    streamed.weights.stream = std::make_shared<LayerStream>([&](std::int64_t layer) {
        read.push_back(layer);
        return toy.model->weights.layer(layer);
    });
    for (const auto format : {ExportFormat::huggingface, ExportFormat::gguf}) {
        read.clear();
        ExportRequest request;
        request.format = format;
        const auto plan = plan_export(streamed, toy.experts, request);
        EXPECT_TRUE(read.empty()) << "an exact export is planned without the weights";
        for (const auto& tensor : export_tensors(streamed, toy.experts, plan)) {
            const auto made = tensor.make();
            EXPECT_EQ(made.sizes(), at::IntArrayRef(tensor.shape)) << tensor.name;
        }
        EXPECT_EQ(read, (std::vector<std::int64_t>{0, 1, 2}));
    }
}

TEST(ExportModel, RefusesAFolderThatIsNotEmpty) {
    const ToyConversion toy(test::with_shared);
    EXPECT_THROW(run(toy, toy.project_path), Error);
    EXPECT_TRUE(is_project(toy.project_path));
}

TEST(ExportModel, RefusesAnotherSource) {
    const ToyConversion toy(test::with_shared);
    write_file_atomically(toy.model_path, read_text_file(toy.model_path) + '\0');
    EXPECT_THROW(run(toy, toy.folder.path() / "out"), Error);
    EXPECT_FALSE(fs::exists(toy.folder.path() / "out"));
}

/// Asks for a stop at a step of a stage.
class StopAt final : public EventSink {
  public:
    StopAt(std::string stage, std::int64_t step, RunControl& control)
        : stage_(std::move(stage)), step_(step), control_(control) {}
    void publish(Payload payload) override {
        const auto* progress = std::get_if<Progress>(&payload);
        if (progress != nullptr && progress->phase == stage_ && progress->done == step_)
            control_.request_stop();
    }

  private:
    std::string stage_;
    std::int64_t step_;
    RunControl& control_;
};

TEST(ExportModel, CancelLeavesNothing) {
    const ToyConversion toy(test::with_shared);
    for (const auto format : {ExportFormat::huggingface, ExportFormat::gguf}) {
        for (const auto& [stage, step] : {std::pair{"export", 10}, std::pair{"check", 2}}) {
            RunControl control;
            StopAt sink(stage, step, control);
            EXPECT_THROW(export_model({.project = toy.project_path,
                                       .source = {},
                                       .out = toy.folder.path() / "out",
                                       .format = format},
                                      sink, control),
                         Cancelled);
            EXPECT_EQ(names_in(toy.folder.path()), (std::set<std::string>{"model.gguf", "project"}));
        }
    }
}

/// No file of this process grows beyond `bytes` while it lives: a full disk that needs no mount.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST(ExportModel, FullDiskLeavesNothing) {
    const ToyConversion toy(test::with_shared);
    {
        const FileSizeLimit limit(100'000);  // all files but the weights fit
        EXPECT_THROW(run(toy, toy.folder.path() / "out"), Error);
    }
    EXPECT_EQ(names_in(toy.folder.path()), (std::set<std::string>{"model.gguf", "project"}));
}

}  // namespace
}  // namespace dotmoe
