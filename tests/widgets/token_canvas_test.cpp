#include "widgets/token_canvas.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QWheelEvent>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/colour_maps.h"
#include "widgets/routing_access.h"

namespace dotmoe::token_canvas_test {
namespace {

constexpr int layers = 30, active = 12, experts = 84;

std::shared_ptr<RoutingSnapshot> routed() {
    return samples::routing(samples::sentence(), layers, active, experts);
}

std::vector<std::string> longText(int tokens) {
    std::vector<std::string> text;
    text.reserve(static_cast<std::size_t>(tokens));
    for (int i = 0; i < tokens; ++i) text.push_back(" word" + std::to_string(i));
    return text;
}

/// Left of the text, inside the box: only the expert's colour.
QPointF groundOf(TokenCanvas& canvas, int token) {
    const QRectF box = canvas.tokenRect(token);
    return {box.left() + 2, box.center().y()};
}

TEST(TokenCanvas, EveryTokenHasTheColourOfItsBestExpert) {
    const auto routing = routed();
    TokenCanvas canvas;
    canvas.setSnapshot(routing);
    show(canvas, {640, 320});
    for (const int layer : {0, 7, 29}) {
        canvas.setLayer(layer);
        const QImage seen = picture(canvas);
        for (int token = 0; token < static_cast<int>(routing->tokens.size()); ++token) {
            const int best = bestChoice(*routing, layer, token).expert;
            ASSERT_TRUE(similar(colourAt(seen, groundOf(canvas, token)), expertColour(best), 1))
                << layer << ", " << token;
        }
    }
}

TEST(TokenCanvas, ColoursByTheDistanceFromTheDenseModel) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    canvas.setColouring(TokenColouring::divergence);
    show(canvas, {640, 320});
    EXPECT_TRUE(similar(colourAt(picture(canvas), groundOf(canvas, 3)), expertColour(-1), 1)) << "unknown";
    std::vector<double> kl(samples::sentence().size(), 0.25);
    kl[3] = 2;
    kl[4] = 1;
    canvas.setDivergence(kl);
    const QImage seen = picture(canvas);
    for (const auto& [token, share] : {std::pair{3, 1.0}, {4, 0.5}, {5, 0.125}})
        EXPECT_TRUE(similar(colourAt(seen, groundOf(canvas, token)), QColor(sequentialColour(share)), 1))
            << token;
    EXPECT_TRUE(canvas.accessibleDescription().contains(QStringLiteral("0 to 2.00 nats")));
    canvas.setColouring(TokenColouring::expert);
    EXPECT_TRUE(similar(colourAt(picture(canvas), groundOf(canvas, 3)),
                        expertColour(bestChoice(*routed(), 0, 3).expert), 1));
}

TEST(TokenCanvas, TextAndNumberAreWrittenInTheBox) {
    TokenCanvas canvas;
    canvas.setSnapshot(samples::routing({"mmmm"}, 1, 1, experts));
    show(canvas, {640, 320});
    const QRectF box = canvas.tokenRect(0);
    const QImage seen = picture(canvas);
    const auto inkIn = [&](double top, double bottom) {
        int ink = 0;
        for (double y = top; y < bottom; ++y) {
            for (double x = box.left() + 3; x < box.right() - 3; ++x) {
                ink += similar(colourAt(seen, {x, y}), expertColour(-1), 30) ? 0 : 1;
            }
        }
        return ink;
    };
    EXPECT_GT(inkIn(box.top() + 2, box.center().y()), 20);    // the token
    EXPECT_GT(inkIn(box.center().y(), box.bottom() - 1), 2);  // the number, here the dash of a dense layer
}

TEST(TokenCanvas, AClickSelectsAndTellsOnce) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    show(canvas, {640, 320});
    const QSignalSpy clicked(&canvas, &TokenCanvas::tokenClicked);
    for (const int token : {5, 0, 30})
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, canvas.tokenCentre(token));
    ASSERT_EQ(clicked.count(), 3);
    EXPECT_EQ(clicked[0][0].toInt(), 5);
    EXPECT_EQ(clicked[1][0].toInt(), 0);
    EXPECT_EQ(clicked[2][0].toInt(), 30);
    EXPECT_EQ(canvas.selectedToken(), 30);
}

TEST(TokenCanvas, APressReleasedElsewhereIsNoClick) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    show(canvas, {640, 320});
    const QSignalSpy clicked(&canvas, &TokenCanvas::tokenClicked);
    QTest::mousePress(&canvas, Qt::LeftButton, {}, canvas.tokenCentre(2));
    moveMouse(canvas, canvas.tokenCentre(4));
    QTest::mouseRelease(&canvas, Qt::LeftButton, {}, canvas.tokenCentre(4));
    EXPECT_EQ(clicked.count(), 0);
    QTest::mouseClick(&canvas, Qt::LeftButton, {}, QPoint(300, 310));  // below the text
    EXPECT_EQ(clicked.count(), 0);
    QTest::mouseClick(&canvas, Qt::RightButton, {}, canvas.tokenCentre(4));
    EXPECT_EQ(clicked.count(), 0);
}

TEST(TokenCanvas, HoverShowsAllExpertsBesideTheToken) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    show(canvas, {640, 320});
    const QImage before = picture(canvas);
    const QSignalSpy hovered(&canvas, &TokenCanvas::tokenHovered);
    moveMouse(canvas, canvas.tokenCentre(3));
    EXPECT_EQ(canvas.hoveredToken(), 3);
    ASSERT_EQ(hovered.count(), 1);
    const QImage during = picture(canvas);
    int changed = 0;  // pixels away from the token itself: the tooltip
    for (int y = 60; y < 320; ++y) {
        for (int x = 0; x < 640; ++x)
            changed += colourAt(before, QPoint(x, y)) != colourAt(during, QPoint(x, y)) ? 1 : 0;
    }
    EXPECT_GT(changed, 5000);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(&canvas, &leave);
    EXPECT_EQ(canvas.hoveredToken(), -1);
    EXPECT_EQ(picture(canvas), before);
}

TEST(TokenCanvas, ArrowKeysSelectNeighbours) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    show(canvas, {640, 320});
    const QSignalSpy clicked(&canvas, &TokenCanvas::tokenClicked);
    for (const auto key : {Qt::Key_Right, Qt::Key_Right, Qt::Key_Left}) QTest::keyClick(&canvas, key);
    ASSERT_EQ(clicked.count(), 3);
    EXPECT_EQ(canvas.selectedToken(), 0);
}

TEST(TokenCanvas, ALongTextScrollsByWheelAndToTheSelection) {
    TokenCanvas canvas;
    canvas.setSnapshot(samples::routing(longText(1500), 2, active, experts));
    show(canvas, {640, 320});
    const int before = canvas.tokenCentre(0).y();
    const QPointF over = canvas.rect().center();
    QWheelEvent wheel(over, canvas.mapToGlobal(over), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&canvas, &wheel);
    EXPECT_LT(canvas.tokenCentre(0).y(), before - 20);
    for (const int token : {1499, 700, 0}) {
        canvas.selectToken(token);
        EXPECT_TRUE(canvas.rect().contains(canvas.tokenCentre(token))) << token;
        const QSignalSpy clicked(&canvas, &TokenCanvas::tokenClicked);
        QTest::mouseClick(&canvas, Qt::LeftButton, {}, canvas.tokenCentre(token));
        ASSERT_EQ(clicked.count(), 1) << token;
        EXPECT_EQ(clicked[0][0].toInt(), token);
    }
}

TEST(TokenCanvas, LaysOutAnewWhenNarrower) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    show(canvas, {640, 320});
    const int wide = canvas.tokenCentre(10).y();
    canvas.resize(260, 320);
    EXPECT_GT(canvas.tokenCentre(10).y(), wide);
}

TEST(TokenCanvas, SelectionStaysWhileTheTextIsTheSame) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    canvas.selectToken(3);
    canvas.setSnapshot(routed());
    EXPECT_EQ(canvas.selectedToken(), 3);
    canvas.setSnapshot(samples::routing({"other"}, layers, active, experts));
    EXPECT_EQ(canvas.selectedToken(), -1);
    canvas.selectToken(99);
    EXPECT_EQ(canvas.selectedToken(), -1);
}

TEST(TokenCanvas, ABrokenSnapshotOrLayerIsHarmless) {
    TokenCanvas canvas;
    auto broken = routed();
    broken->probability.pop_back();
    canvas.setSnapshot(broken);
    show(canvas, {300, 200});
    EXPECT_TRUE(canvas.tokenRect(0).isNull());
    canvas.setSnapshot(routed());
    canvas.setLayer(99);
    EXPECT_TRUE(similar(colourAt(picture(canvas), groundOf(canvas, 0)), expertColour(-1), 1));
    moveMouse(canvas, canvas.tokenCentre(0));
    canvas.setSnapshot(nullptr);
    QTest::keyClick(&canvas, Qt::Key_Right);
    EXPECT_TRUE(canvas.tokenRect(0).isNull());
}

TEST(TokenCanvas, TwoCanvasesDoNotDisturbEachOther) {
    TokenCanvas one, other;
    one.setSnapshot(routed());
    other.setSnapshot(samples::routing({"a", "b"}, layers, active, experts));
    show(one, {640, 320});
    show(other, {400, 200});
    const QSignalSpy clicked(&one, &TokenCanvas::tokenClicked),
        clickedOther(&other, &TokenCanvas::tokenClicked);
    QTest::mousePress(&one, Qt::LeftButton, {}, one.tokenCentre(5));
    QTest::mouseClick(&other, Qt::LeftButton, {}, other.tokenCentre(1));
    QTest::mouseRelease(&one, Qt::LeftButton, {}, one.tokenCentre(5));
    EXPECT_EQ(clicked.count(), 1);
    EXPECT_EQ(clickedOther.count(), 1);
}

TEST(TokenCanvas, DarkPaletteDarkensTheGround) {
    TokenCanvas canvas;
    canvas.setSnapshot(routed());
    show(canvas, {640, 320});
    canvas.setPalette(darkPalette());
    EXPECT_TRUE(similar(colourAt(picture(canvas), QPoint(300, 300)), darkPalette().color(QPalette::Base), 1));
}

}  // namespace
}  // namespace dotmoe::token_canvas_test
