#include "export/sample_text.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::int64_t longest = 256;

// Jane Austen, Pride and Prejudice; Brian Kernighan and Dennis Ritchie's first program; Victor Hugo, Demain,
// dès l'aube.
constexpr std::string_view sample =
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in "
    "want of a "
    "wife. However little known the feelings or views of such a man may be on his first entering a "
    "neighbourhood, this "
    "truth is so well fixed in the minds of the surrounding families, that he is considered as the rightful "
    "property of "
    "some one or other of their daughters.\n\n"
    "#include <stdio.h>\n\nint main(void)\n{\n    printf(\"hello, world\\n\");\n    return 0;\n}\n\n"
    "The Earth turns around the Sun in 365.2422 days, at a mean distance of 149,597,870.7 km; light needs 8 "
    "minutes and "
    "19 seconds for the way.\n\n"
    "Demain, dès l'aube, à l'heure où blanchit la campagne, je partirai. Vois-tu, je sais que tu m'attends. "
    "J'irai par "
    "la forêt, j'irai par la montagne. Je ne puis demeurer loin de toi plus longtemps.\n";

}  // namespace

at::Tensor sample_tokens(const Model& model) {
    auto ids = model.tokenizer->encode(sample);
    const auto length = std::min({std::ssize(ids), model.config.context, longest});
    if (length < 2) fail("{}: its tokenizer makes {} tokens of an English text", model.path.string(), length);
    return at::tensor(at::ArrayRef<TokenId>(ids.data(), length), at::kLong).unsqueeze(0);
}

}  // namespace dotmoe
