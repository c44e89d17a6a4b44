#include "widgets/imgui_raster.h"

#include <gtest/gtest.h>
#include <imgui.h>

#include <QPainter>

#include "tests/widgets/pixels.h"

namespace dotmoe {
namespace {

/// One draw list, drawn over grey; the texture is 2 x 1: covered, not covered.
class Raster : public ::testing::Test {
  protected:
    Raster() : context_(ImGui::CreateContext()), list_(sharedOf(context_)) { begin(); }
    ~Raster() override {
        list_._ClearFreeMemory();
        ImGui::DestroyContext(context_);
    }

    void begin() {
        list_._ResetForNewFrame();
        list_.PushClipRect({0, 0}, {64, 48});
        list_.PushTextureID(nullptr);
    }

    QImage draw(float scale = 1) {
        ImDrawList* lists[] = {&list_};
        ImDrawData data;
        data.Valid = true;
        data.CmdListsCount = 1;
        data.CmdLists = lists;
        data.DisplayPos = {0, 0};
        data.DisplaySize = {64, 48};
        data.FramebufferScale = {scale, scale};
        QImage image(qRound(64 * scale), qRound(48 * scale), QImage::Format_RGB32);
        image.fill(QColor(100, 100, 100));
        rasterise(data, {texture_, 2, 1}, image);
        return image;
    }
    void triangle(ImVec2 a, ImVec2 b, ImVec2 c, ImU32 ca, ImU32 cb, ImU32 cc) {
        list_.PrimReserve(3, 3);
        list_.PrimVtx(a, covered_, ca);
        list_.PrimVtx(b, covered_, cb);
        list_.PrimVtx(c, covered_, cc);
    }
    void rectangle(ImVec2 from, ImVec2 to, ImU32 colour) {
        list_.PrimReserve(6, 4);
        list_.PrimRectUV(from, to, covered_, covered_, colour);
    }

    static constexpr ImU32 red_ = IM_COL32(255, 0, 0, 255);
    const ImVec2 covered_{0.25F, 0.5F};
    const unsigned char texture_[2] = {255, 0};
    static ImDrawListSharedData* sharedOf(ImGuiContext* context) {
        ImGui::SetCurrentContext(context);
        return ImGui::GetDrawListSharedData();
    }
    ImGuiContext* context_;
    ImDrawList list_;
};

TEST_F(Raster, RectanglesCoverTheirPixelsExactly) {
    rectangle({10, 5}, {20, 15}, red_);
    const QImage seen = draw();
    for (int y = 0; y < 48; ++y) {
        for (int x = 0; x < 64; ++x) {
            const bool inside = x >= 10 && x < 20 && y >= 5 && y < 15;
            ASSERT_EQ(seen.pixelColor(x, y), inside ? QColor(255, 0, 0) : QColor(100, 100, 100))
                << x << ',' << y;
        }
    }
}

TEST_F(Raster, TranslucentTrianglesOfOneShapeLeaveNoSeam) {
    rectangle({3.3F, 2.6F}, {50.7F, 40.2F}, IM_COL32(255, 255, 255, 128));
    const QImage seen = draw();
    const QColor wanted = seen.pixelColor(20, 5);
    EXPECT_TRUE(similar(wanted, QColor(178, 178, 178), 2));
    for (int y = 4; y < 40; ++y) {
        for (int x = 4; x < 50; ++x) ASSERT_EQ(seen.pixelColor(x, y), wanted) << x << ',' << y;
    }
}

TEST_F(Raster, TrianglesOfEitherWindingAgreeWithQPainter) {
    QImage wanted(64, 48, QImage::Format_RGB32);
    wanted.fill(QColor(100, 100, 100));
    QPainter painter(&wanted);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(255, 0, 0));
    painter.drawPolygon(QPolygonF({{5.5, 3.2}, {60.1, 20.7}, {22.8, 44.4}}));
    painter.end();
    triangle({5.5F, 3.2F}, {60.1F, 20.7F}, {22.8F, 44.4F}, red_, red_, red_);
    EXPECT_EQ(draw(), wanted);
    begin();
    triangle({22.8F, 44.4F}, {60.1F, 20.7F}, {5.5F, 3.2F}, red_, red_, red_);
    EXPECT_EQ(draw(), wanted);
}

TEST_F(Raster, ColoursAreMixedBetweenVertices) {
    triangle({0, 0}, {60, 0}, {0, 40}, IM_COL32(0, 0, 0, 255), IM_COL32(240, 0, 0, 255),
             IM_COL32(0, 240, 0, 255));
    const QImage seen = draw();
    EXPECT_TRUE(similar(seen.pixelColor(20, 10), QColor(82, 63, 0), 2));  // 240 (20.5 / 60), 240 (10.5 / 40)
}

TEST_F(Raster, ClippingAndScaleHold) {
    list_.PushClipRect({12, 6}, {18, 40}, true);
    rectangle({10, 5}, {20, 15}, red_);
    const QImage seen = draw(2);
    EXPECT_EQ(seen.size(), QSize(128, 96));
    EXPECT_EQ(seen.pixelColor(24, 12), QColor(255, 0, 0));
    EXPECT_EQ(seen.pixelColor(35, 29), QColor(255, 0, 0));
    EXPECT_EQ(seen.pixelColor(23, 12), QColor(100, 100, 100));
    EXPECT_EQ(seen.pixelColor(36, 20), QColor(100, 100, 100));
    EXPECT_EQ(seen.pixelColor(30, 30), QColor(100, 100, 100));
}

TEST_F(Raster, TextureCoverageIsBlended) {
    list_.PrimReserve(6, 4);
    list_.PrimRectUV({0, 0}, {40, 10}, {0, 0.5F}, {1, 0.5F}, red_);
    const QImage seen = draw();
    EXPECT_TRUE(similar(seen.pixelColor(5, 5), QColor(255, 0, 0), 1));
    EXPECT_TRUE(similar(seen.pixelColor(35, 5), QColor(100, 100, 100), 1));
    EXPECT_TRUE(similar(seen.pixelColor(20, 5), QColor(177, 50, 50), 6));
}

TEST_F(Raster, MoreVerticesThanAnIndexHolds) {
    list_.Flags = ImDrawListFlags_AllowVtxOffset;
    for (int i = 0; i < 20000; ++i) rectangle({0, 0}, {1, 1}, IM_COL32(0, 0, 0, 255));
    rectangle({30, 30}, {31, 31}, red_);
    ASSERT_GT(list_.VtxBuffer.Size, 65535);
    EXPECT_EQ(draw().pixelColor(30, 30), QColor(255, 0, 0));
}

}  // namespace
}  // namespace dotmoe
