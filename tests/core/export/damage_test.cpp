// What may happen to an export on its way: each damage is one clear line, never a crash and never a pass.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "export/export.h"
#include "export/verify.h"
#include "formats/gguf_writer.h"
#include "formats/torch_safetensors.h"
#include "toy_conversion.h"

namespace dotmoe::damage_test {
namespace {

namespace fs = std::filesystem;

struct Damage {
    const char* name;
    std::function<void(const fs::path& exported)> apply;
    const char* verdict;  ///< what the line must hold
};

/// A toy of three layers in several safetensors files, or a GGUF, that no test changes.
class Exports {
  public:
    static fs::path copy(ExportFormat format, const fs::path& to) {
        static const Exports exports;
        const auto from = format == ExportFormat::gguf ? exports.file() : exports.folder();
        fs::copy(from, to, fs::copy_options::recursive);
        return to;
    }
    static const test::ToyConversion& toy() {
        static const test::ToyConversion toy(test::with_shared);
        return toy;
    }

  private:
    Exports() {
        NullSink sink;
        RunControl control;
        ExportRequest request;
        request.project = toy().project_path;
        request.check = false;
        request.out = folder();
        request.shard_bytes = 60'000;
        export_model(request, sink, control);
        request.format = ExportFormat::gguf;
        request.out = file();
        export_model(request, sink, control);
    }
    fs::path folder() const { return toy().folder.path() / "export"; }
    fs::path file() const { return toy().folder.path() / "export.gguf"; }
};

void expect_one_clear_line(ExportFormat format, const Damage& damage) {
    SCOPED_TRACE(damage.name);
    const TemporaryFolder folder;
    const auto exported = Exports::copy(format, folder.path() / "export");
    damage.apply(exported);
    const auto receipt = verify_export(exported, Exports::toy().project_path);
    EXPECT_FALSE(receipt.passed);
    EXPECT_NE(receipt.verdict.find(damage.verdict), std::string::npos) << receipt.verdict;
    EXPECT_EQ(receipt.verdict.find('\n'), std::string::npos) << receipt.verdict;
}

void cut(const fs::path& file, double share) {
    fs::resize_file(file, static_cast<std::uintmax_t>(static_cast<double>(fs::file_size(file)) * share));
}

void change_json(const fs::path& file, const std::function<void(nlohmann::json&)>& change) {
    auto json = nlohmann::json::parse(read_text_file(file));
    change(json);
    write_file_atomically(file, json.dump());
}

constexpr auto index_file = "model.safetensors.index.json";
const std::string down = "model.layers.0.block_sparse_moe.output_linear.weight";

fs::path holder_of(const fs::path& folder, const std::string& tensor) {
    return folder / nlohmann::json::parse(read_text_file(folder / index_file))["weight_map"][tensor];
}

/// Changes one tensor of a shard; an undefined result takes it out.
void change_tensor(const fs::path& folder, const std::string& name,
                   const std::function<at::Tensor(at::Tensor)>& change) {
    const auto path = holder_of(folder, name);
    std::vector<safetensors::TensorToWrite> entries;
    {
        const safetensors::File file(path);
        for (const auto& tensor : file.tensors()) {
            const auto values = to_tensor(tensor);
            const auto changed = tensor.name == name ? change(values) : values;
            if (changed.defined()) entries.push_back(to_write(tensor.name, changed));
        }
    }
    safetensors::write(path, entries, {{"format", "pt"}});
}

const fs::path first_shard(const fs::path& folder) {
    return holder_of(folder, "model.embed_tokens.weight");
}

TEST(DamagedHuggingFaceExport, IsOneClearLine) {
    const Damage damages[] = {
        {"cut", [](auto& e) { cut(first_shard(e), 0.7); }, "damaged or incomplete"},
        {"a shard is gone", [](auto& e) { fs::remove(holder_of(e, down)); }, "model-0000"},
        {"swapped shards",
         [](auto& e) {
             const auto a = first_shard(e), b = holder_of(e, "model.norm.weight");
             fs::rename(a, e / "x");
             fs::rename(b, a);
             fs::rename(e / "x", b);
         },
         "where model.safetensors.index.json says it is"},
        {"wrong dtype", [](auto& e) { change_tensor(e, down, [](auto t) { return t.to(at::kLong); }); },
         "is I64, not F32, F16 or BF16"},
        {"missing tensor", [](auto& e) { change_tensor(e, down, [](auto) { return at::Tensor(); }); },
         "where model.safetensors.index.json says it is"},
        {"missing everywhere",
         [](auto& e) {
             change_tensor(e, down, [](auto) { return at::Tensor(); });
             change_json(e / index_file, [](auto& json) { json["weight_map"].erase(down); });
         },
         "output_linear.weight is missing"},
        {"index outside",
         [](auto& e) {
             change_json(e / index_file, [](auto& json) { json["weight_map"][down] = "../../etc/passwd"; });
         },
         "which is no file of the folder"},
        {"index of another file",
         [](auto& e) {
             change_json(e / index_file, [](auto& json) { json["weight_map"][down] = "config.json"; });
         },
         "config.json"},
        {"no index at all", [](auto& e) { write_file_atomically(e / index_file, "{\"weight_map\": 3}"); },
         "is no index"},
        {"in two files",
         [](auto& e) {
             const auto copy = e / "model-copy.safetensors";
             fs::copy(holder_of(e, down), copy);
             change_json(e / index_file, [&](auto& json) { json["weight_map"]["extra"] = copy.filename(); });
         },
         "is in another file too"},
        {"not in the index",
         [](auto& e) { change_json(e / index_file, [](auto& json) { json["weight_map"].erase(down); }); },
         "is not in model.safetensors.index.json"},
        {"turned",
         [](auto& e) { change_tensor(e, down, [](auto t) { return t.transpose(1, 2).contiguous(); }); },
         "and should be 5x32x8"},
        {"NaN", [](auto& e) { change_tensor(e, down, [](auto t) { return t.fill_(NAN); }); },
         "holds values that are not finite"},
        {"config is no JSON", [](auto& e) { cut(e / "config.json", 0.5); }, "config.json"},
        {"another architecture",
         [](auto& e) {
             change_json(e / "config.json", [](auto& json) { json["architectures"] = {"LlamaForCausalLM"}; });
         },
         "LlamaForCausalLM is none of"},
        {"no tokenizer", [](auto& e) { fs::remove(e / "tokenizer.json"); }, "tokenizer.json"},
    };
    for (const auto& damage : damages) expect_one_clear_line(ExportFormat::huggingface, damage);
}

using Metadata = std::map<std::string, gguf::Value, std::less<>>;

/// Reads the file, lets `change` have its metadata and tensors, and writes it again.
void rewrite(const fs::path& path,
             const std::function<void(Metadata&, std::vector<gguf::TensorToWrite>&)>& change) {
    const auto copy = fs::path(path.string() + ".old");
    fs::rename(path, copy);
    const gguf::File file(copy);
    auto metadata = file.metadata();
    std::vector<gguf::TensorToWrite> tensors;
    for (const auto& tensor : file.tensors())
        tensors.push_back({tensor.name, tensor.type, tensor.shape, [&tensor] {
                               return std::vector<std::byte>(tensor.data.begin(), tensor.data.end());
                           }});
    change(metadata, tensors);
    gguf::write(path, {metadata.begin(), metadata.end()}, tensors);
    fs::remove(copy);
}

auto with_key(const char* key, gguf::Value value) {
    return [=](const fs::path& path) {
        rewrite(path, [&](Metadata& metadata, auto&) { metadata[key] = value; });
    };
}

auto without_key(const char* key) {
    return
        [=](const fs::path& path) { rewrite(path, [&](Metadata& metadata, auto&) { metadata.erase(key); }); };
}

auto with_tensor(const char* name, const std::function<void(gguf::TensorToWrite&)>& change) {
    return [=](const fs::path& path) {
        rewrite(path, [&](Metadata&, auto& tensors) {
            for (auto& tensor : tensors)
                if (tensor.name == name) change(tensor);
        });
    };
}

void overwrite(const fs::path& path, std::streamoff place, std::string_view bytes) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(place);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

TEST(DamagedGgufExport, IsOneClearLine) {
    constexpr auto exps = "blk.1.ffn_down_exps.weight";
    const Damage damages[] = {
        {"cut in the data", [](auto& e) { cut(e, 0.9); }, "damaged or incomplete"},
        {"cut in the header", [](auto& e) { fs::resize_file(e, 100); }, "damaged or incomplete"},
        {"empty", [](auto& e) { fs::resize_file(e, 0); }, "is empty, not a GGUF file"},
        {"another magic", [](auto& e) { overwrite(e, 0, "GGML"); }, "export"},
        {"endless tensors", [](auto& e) { overwrite(e, 8, std::string(8, '\x7f')); },
         "damaged or incomplete"},
        {"no key", without_key("glm4moe.expert_count"), "glm4moe.expert_count"},
        {"key of another kind", with_key("glm4moe.expert_count", std::string("five")),
         "glm4moe.expert_count"},
        {"more active than there are", with_key("glm4moe.expert_used_count", std::uint64_t{6}),
         "do not fit together"},
        {"endless layers", with_key("glm4moe.block_count", std::uint64_t{2'000'000'000}), "cannot hold"},
        {"another gating", with_key("glm4moe.expert_gating_func", std::uint64_t{1}), "expert_gating_func"},
        {"another scale", with_key("glm4moe.expert_weights_scale", 1.0), "with all experts on"},
        {"a dense model", with_key("general.architecture", std::string("qwen2")), "is none of glm4moe"},
        {"missing tensor", [](auto& e) { rewrite(e, [](Metadata&, auto& tensors) { tensors.pop_back(); }); },
         "is missing"},
        {"unexpected tensor",
         [](auto& e) {
             rewrite(e, [](Metadata&, auto& tensors) {
                 tensors.push_back(tensors.front());
                 tensors.back().name = "blk.0.attn_output.bias";
             });
         },
         "blk.0.attn_output.bias is not expected"},
        {"turned", with_tensor(exps, [](auto& tensor) { std::swap(tensor.shape[1], tensor.shape[2]); }),
         "is 5x8x32 and should be 5x32x8"},
        {"NaN",
         with_tensor(exps,
                     [](auto& tensor) {
                         tensor.data = [make = tensor.data] {
                             return std::vector<std::byte>(make().size(), std::byte{0xff});
                         };
                     }),
         "holds values that are not finite"},
        {"another tokenizer", with_key("tokenizer.ggml.pre", std::string("llama-bpe")), "pre-tokenizer"},
    };
    for (const auto& damage : damages) expect_one_clear_line(ExportFormat::gguf, damage);
}

}  // namespace
}  // namespace dotmoe::damage_test
