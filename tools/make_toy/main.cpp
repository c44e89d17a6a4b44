// make_toy OUT.gguf --text PATH...: a very small Llama trained here in seconds, so that the whole product can
// be run, shown and tested without a download. D 64, N 256, L 4; its FFN splits into 32 shared neurons and 16
// experts of 14.
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "base/error.h"
#include "base/files.h"
#include "evaluate/quality.h"
#include "make_toy/bpe_trainer.h"
#include "make_toy/toy_trainer.h"
#include "model/save.h"
#include "text/corpus.h"
#include "text/sources.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMerges = 512;
constexpr std::size_t kVocabularyBytes = 400'000;  // of each source, to learn the vocabulary from

struct Options {
    fs::path out;
    std::vector<fs::path> text;
    std::uint64_t seed = 0;
    std::int64_t steps = TrainingOptions{}.steps;
    int threads = 1;  // its matrices are too small for more
};

ModelConfig toy_config(std::int64_t vocabulary) {
    return {.architecture = "llama",
            .layers = 4,
            .width = 64,
            .neurons = 256,
            .heads = 4,
            .kv_heads = 2,
            .head_width = 16,
            .vocabulary = vocabulary,
            .context = 256,
            .tied_embeddings = true};
}

std::string sample(const std::vector<fs::path>& paths) {
    std::string text;
    for (const auto& source : find_sources(paths)) {
        std::string part;
        for (const auto& document : source.documents)
            if (part.size() < kVocabularyBytes) part += read_text_file(document).substr(0, kVocabularyBytes);
        text += replace_invalid_utf8(part.substr(0, kVocabularyBytes));
    }
    return text;
}

at::Tensor as_windows(const std::vector<TokenId>& tokens, std::int64_t window) {
    return at::tensor(at::ArrayRef<TokenId>(tokens), at::kLong).view({-1, window});
}

/// Perplexity of the token frequencies of the train text alone, without any context (add-one smoothed).
double unigram_perplexity(const at::Tensor& train, const at::Tensor& held_out, std::int64_t vocabulary) {
    const auto counts = (at::bincount(train.flatten(), {}, vocabulary) + 1).to(at::kDouble);
    return std::exp(-(counts / counts.sum()).log().index_select(0, held_out.flatten()).mean().item<double>());
}

void make_toy(const Options& options) {
    at::set_num_threads(options.threads);
    const auto vocabulary = train_byte_bpe(sample(options.text), kMerges);
    const auto config = toy_config(std::ssize(vocabulary.tokens));
    const Tokenizer tokenizer(vocabulary);
    const auto corpus = load_corpus(options.text, tokenizer,
                                    {.window = config.context,
                                     .held_out_windows = 16,
                                     .max_bytes_per_source = 1 << 20,
                                     .seed = options.seed});
    const auto train = as_windows(corpus.train, config.context),
               held_out = as_windows(corpus.held_out, config.context);
    fmt::print(stderr, "{} tokens of text, vocabulary {}\n", corpus.train.size(), config.vocabulary);

    const auto started = std::chrono::steady_clock::now();
    const auto weights = train_model(
        config, train, {.steps = options.steps, .seed = options.seed}, [&](std::int64_t step, double loss) {
            if (step % 50 != 0 && step != options.steps) return;
            const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
            fmt::print(stderr, "step {}/{}  loss {:.3f}  {:.0f} s\n", step, options.steps, loss,
                       spent.count());
        });

    const Transformer transformer(config, weights);
    const auto quality = evaluate_quality(transformer, transformer.dense(), held_out);
    save_model(options.out, "toy", config, weights, vocabulary);
    fmt::print("{}: held-out loss {:.3f}, perplexity {:.1f} (token frequencies alone: {:.1f})\n",
               options.out.string(), std::log(quality.perplexity), quality.perplexity,
               unigram_perplexity(train, held_out, config.vocabulary));
}

}  // namespace
}  // namespace dotmoe

int main(int argc, char** argv) {
    dotmoe::Options options;
    CLI::App app("Trains a very small Llama on text and writes it as GGUF.");
    app.add_option("out,--out", options.out, "GGUF file to write")->required();
    app.add_option("--text", options.text, "text files and folders")->required();
    app.add_option("--seed", options.seed, "of the first weights and the split of the text");
    app.add_option("--steps", options.steps, "of training")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    app.add_option("--threads", options.threads,
                   "of the matrix products; another count gives other roundings")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        dotmoe::make_toy(options);
    } catch (const dotmoe::Error& error) {
        fmt::print(stderr, "make_toy: {}\n", error.what());
        return 1;
    }
    return 0;
}
