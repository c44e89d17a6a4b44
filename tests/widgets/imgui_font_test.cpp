#include "widgets/imgui_font.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include <QRawFont>

namespace dotmoe {
namespace {

TEST(ImGuiFont, QtReadsTheFileBackAsTheSameFont) {
    const QFont font;
    const QByteArray file = fontFile(font);
    ASSERT_FALSE(file.isEmpty());
    const QRawFont original = QRawFont::fromFont(font), copy(file, original.pixelSize());
    ASSERT_TRUE(copy.isValid());
    const QString text = QStringLiteral("Affinity Ω ≈ ß 3.14");
    EXPECT_EQ(copy.glyphIndexesForString(text), original.glyphIndexesForString(text));
    EXPECT_EQ(copy.advancesForGlyphIndexes(copy.glyphIndexesForString(text)),
              original.advancesForGlyphIndexes(original.glyphIndexesForString(text)));
}

TEST(ImGuiFont, DearImGuiFindsTheGlyphs) {
    QByteArray file = fontFile(QFont());
    ImFontAtlas atlas;
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    const ImFont* font = atlas.AddFontFromMemoryTTF(file.data(), static_cast<int>(file.size()), 20, &config);
    ASSERT_TRUE(atlas.Build());
    for (const ImWchar letter : {u'A', u'g', u'ß', u'·'}) {
        const ImFontGlyph* glyph = font->FindGlyphNoFallback(letter);
        ASSERT_TRUE(glyph) << letter;
        EXPECT_GT(glyph->X1 - glyph->X0, 0.5F) << letter;
    }
}

}  // namespace
}  // namespace dotmoe
