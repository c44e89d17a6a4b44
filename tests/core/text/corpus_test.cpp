#include "text/corpus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/text/toy_vocabulary.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

/// Documents of one letter each (of the printable bytes, which are their own tokens), so that a window shows
/// whose text it holds.
class CorpusTest : public ::testing::Test {
  protected:
    static constexpr int documents_of_a = 26, documents_of_b = 20;

    CorpusTest() : tokenizer_(toy_vocabulary({})) {
        for (int i = 0; i < documents_of_a; ++i) write("a", static_cast<char>('a' + i), 100 + 7 * i);
        for (int i = 0; i < documents_of_b; ++i) write("b", static_cast<char>('A' + i), 90 + 11 * i);
    }
    void write(const std::string& source, char letter, int bytes) {
        folder_.file("mix/" + source + "/" + letter + "_.txt",
                     std::string(static_cast<std::size_t>(bytes), letter));
    }
    Corpus load(const CorpusOptions& options) const {
        return load_corpus({folder_.path() / "mix"}, tokenizer_, options);
    }

    static std::set<TokenId> letters(std::span<const TokenId> tokens) {
        std::set<TokenId> seen(tokens.begin(), tokens.end());
        seen.erase('\n');  // joins documents
        return seen;
    }

    TemporaryFolder folder_;
    Tokenizer tokenizer_;
};

TEST_F(CorpusTest, NoDocumentIsOnBothSides) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const auto corpus = load({.window = 16, .held_out_windows = 8, .seed = seed});
        const auto train = letters(corpus.train), held_out = letters(corpus.held_out);
        std::vector<TokenId> both;
        std::ranges::set_intersection(train, held_out, std::back_inserter(both));
        EXPECT_TRUE(both.empty()) << "seed " << seed;
        EXPECT_EQ(corpus.held_out_count(), 8);
        EXPECT_GE(train.size(),
                  40U);  // nearly all documents outside the held-out tenth are long enough to show
    }
}

TEST_F(CorpusTest, WindowsStayWithinASource) {
    const auto corpus = load({.window = 16, .held_out_windows = 8});
    const auto is_lower = [](TokenId token) { return token >= 'a'; };
    for (std::int64_t i = 0; i < corpus.train_count(); ++i) {
        const auto window = letters(std::span(corpus.train).subspan(static_cast<std::size_t>(16 * i), 16));
        EXPECT_TRUE(std::ranges::all_of(window, is_lower) || std::ranges::none_of(window, is_lower));
    }
}

TEST_F(CorpusTest, HeldOutWindowsComeFromTheSourcesInTurn) {
    const auto corpus = load({.window = 16, .held_out_windows = 6});
    EXPECT_EQ(corpus.sources, (std::vector<std::string>{"a", "b"}));
    for (std::size_t i = 0; i < 6; ++i) {
        const auto window = letters(std::span(corpus.held_out).subspan(16 * i, 16));
        EXPECT_EQ(*window.begin() >= 'a', i % 2 == 0) << "window " << i;
    }
}

TEST_F(CorpusTest, EveryWindowHasItsSource) {
    const auto corpus = load({.window = 16, .held_out_windows = 6});
    const auto expect_sources = [](const std::vector<TokenId>& tokens,
                                   const std::vector<std::int64_t>& sources) {
        ASSERT_EQ(16 * sources.size(), tokens.size());
        for (std::size_t i = 0; i < sources.size(); ++i) {
            const auto window = letters(std::span(tokens).subspan(16 * i, 16));
            EXPECT_EQ(*window.begin() >= 'a' ? 0 : 1, sources[i]) << "window " << i;
        }
    };
    expect_sources(corpus.train, corpus.train_source);
    expect_sources(corpus.held_out, corpus.held_out_source);
    EXPECT_EQ(std::ranges::count(corpus.held_out_source, 1), 3);
    EXPECT_GT(std::ranges::count(corpus.train_source, 1), 10);
}

TEST_F(CorpusTest, WindowsOverlapByAStride) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += static_cast<char>('!' + i % 94);
    const auto path = folder_.file("one.txt", text);
    const auto held_out = tokenizer_.encode(text.substr(900));
    const auto load = [&](std::int64_t stride, std::int64_t windows) {
        return load_corpus({path}, tokenizer_, {.window = 20, .stride = stride, .held_out_windows = windows});
    };
    const auto corpus = load(7, 12);  // the twelfth ends with token 97, a thirteenth would end with 104
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_TRUE(std::ranges::equal(std::span(corpus.held_out).subspan(20 * i, 20),
                                       std::span(held_out).subspan(7 * i, 20)));
    EXPECT_EQ(corpus.train_count(), (900 - 20) / 7 + 1);
    EXPECT_THROW(load(7, 13), Error);
    EXPECT_EQ(load(20, 5).held_out, load(0, 5).held_out);
    EXPECT_THROW(load(21, 1), UsageError);
    EXPECT_THROW(load(-1, 1), UsageError);
}

TEST_F(CorpusTest, TheSeedDecidesTheOrderAndNotWhatIsHeldOut) {
    const auto one = load({.window = 16, .seed = 1}), again = load({.window = 16, .seed = 1});
    const auto other = load({.window = 16, .seed = 2}), high = load({.window = 16, .seed = 1 + (1ULL << 32)});
    EXPECT_EQ(one.train, again.train);
    EXPECT_EQ(one.held_out, again.held_out);
    EXPECT_NE(one.train, other.train);
    EXPECT_EQ(one.held_out, other.held_out);
    EXPECT_EQ(letters(one.train), letters(other.train));
    EXPECT_EQ(one.held_out, load({.window = 16}).held_out);
    EXPECT_NE(one.train, high.train);
}

TEST_F(CorpusTest, ABigSourceIsCapped) {
    folder_.file("mix/b/huge.txt", std::string(100'000, '#'));
    folder_.file("mix/c/only.txt", std::string(100'000, '%'));
    const auto corpus = load({.window = 16, .held_out_windows = 4, .max_bytes_per_source = 2000});
    std::map<TokenId, int> counts;
    for (const auto token : corpus.train) ++counts[token];
    EXPECT_LE(counts['#'], 2000);
    EXPECT_EQ(counts['%'], 1800 / 16 * 16);
    int lower = 0;
    for (TokenId letter = 'a'; letter <= 'z'; ++letter) lower += counts[letter];
    EXPECT_LE(lower, 2000);
    EXPECT_GT(lower, 1000);
}

TEST_F(CorpusTest, ASingleDocumentGivesItsLastTenth) {
    const auto path = folder_.file("one.txt", std::string(900, 'x') + std::string(100, 'y'));
    const auto corpus = load_corpus({path}, tokenizer_, {.window = 10, .held_out_windows = 10});
    EXPECT_EQ(corpus.train, std::vector<TokenId>(900, 'x'));
    EXPECT_EQ(corpus.held_out, std::vector<TokenId>(100, 'y'));
}

TEST_F(CorpusTest, TextIsCutAtLineEndsAndNeverInsideACharacter) {
    std::string lines;
    for (int i = 0; i < 100; ++i) lines += "123456789\n";
    const auto by_line = load_corpus({folder_.file("lines.txt", lines)}, tokenizer_,
                                     {.window = 10, .held_out_windows = 1, .max_bytes_per_source = 995});
    EXPECT_EQ(tokenizer_.decode(by_line.held_out), "123456789\n");
    std::string euros;
    for (int i = 0; i < 400; ++i) euros += "\u20ac";
    const auto by_character = load_corpus({folder_.file("euros.txt", euros)}, tokenizer_,
                                          {.window = 3, .held_out_windows = 1, .max_bytes_per_source = 1000});
    EXPECT_EQ(tokenizer_.decode(by_character.train).substr(0, 3), "\u20ac");
    EXPECT_EQ(tokenizer_.decode(by_character.held_out), "\u20ac");
}

TEST_F(CorpusTest, EmptyTextIsSaid) {
    const auto empty = folder_.file("empty.txt", ""), blank = folder_.file("blank.txt", " \n\t\n");
    EXPECT_EQ(message_of([&] {
                  load_corpus({empty, blank}, tokenizer_, {});
              }),
              empty.string() + ", " + blank.string() + ": the text is empty");
}

TEST_F(CorpusTest, TooLittleTextIsSaidWithTheFigures) {
    const auto small = folder_.file("small.txt", std::string(1000, 'x'));
    EXPECT_EQ(message_of([&] { load_corpus({small}, tokenizer_, {.window = 50, .held_out_windows = 8}); }),
              small.string() +
                  ": too little text: it gives 18 train and 2 held-out windows of 50 tokens, but 1 and 8 are "
                  "needed (one "
                  "document in ten, or the last tenth of a single one, is held out); add text or take fewer "
                  "or shorter "
                  "windows");
}

TEST_F(CorpusTest, SenselessRequestsAreUsageErrors) {
    EXPECT_THROW(load_corpus({}, tokenizer_, {}), UsageError);
    EXPECT_THROW(load({.window = 1}), UsageError);
    EXPECT_THROW(load({.held_out_windows = 0}), UsageError);
    EXPECT_THROW(load({.max_bytes_per_source = 0}), UsageError);
}

}  // namespace
}  // namespace dotmoe
