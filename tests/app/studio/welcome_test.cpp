// A newcomer's first minute: from the first start to a converted toy with its text coloured.
#include <QCommandLinkButton>
#include <QLabel>
#include <QSettings>
#include <QTabBar>
#include <QTableView>

#include "app/studio/toy.h"
#include "studio_driver.h"
#include "widgets/colour_maps.h"
#include "widgets/token_canvas.h"

namespace dotmoe::studio {
namespace {

class WelcomeTest : public StudioDriver {
  protected:
    void SetUp() override {
        QSettings().clear();
        m_home = qgetenv("HOME");
        qputenv("HOME", m_folder.path().toLocal8Bit());  // conversions go there
    }
    void TearDown() override {
        m_window.reset();
        qputenv("HOME", m_home);
        QSettings().clear();
    }
    QWidget* welcome() { return find<QWidget>("welcome"); }

  private:
    QByteArray m_home;
};

TEST_F(WelcomeTest, TwoClicksToATextInTheColoursOfItsExperts) {
    ASSERT_TRUE(find_toy()) << "packaging/test.sh makes the toy model";
    openWindow({});
    std::shared_ptr<const RoutingSnapshot> routing;
    QObject::connect(&m_window->bridge(), &EventBridge::routingTaken, m_window.get(),
                     [&](const auto& taken) { routing = taken; });
    ASSERT_TRUE(welcome()->isVisible());
    EXPECT_FALSE(m_window->tabs().isVisible());

    QTest::mouseClick(find<QCommandLinkButton>("welcomeToy"), Qt::LeftButton);  // the first
    ASSERT_TRUE(eventually([&] { return m_window->controller().busy(); })) << banner();
    EXPECT_FALSE(welcome()->isVisible());
    showTab(1);  // the second
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    ASSERT_TRUE(eventually([&] { return routing && routing->layers > 0; }));
    QTest::qWait(200);

    auto* canvas = find<TokenCanvas>("tokens");
    ASSERT_TRUE(canvas->isVisible());
    const auto picture = canvas->grab();
    const auto tokens = static_cast<int>(routing->tokens.size());
    ASSERT_GT(tokens, 10);
    const int layer = find<QTableView>("layers")->currentIndex().row();
    for (int token = 1; token <= 10; ++token) {  // the first is chosen, and framed
        const auto best =
            routing->expert[static_cast<std::size_t>((layer * tokens + token) * routing->active)];
        const QPointF at = canvas->tokenRect(token).toRect().bottomRight() - QPoint(3, 3);
        const auto seen = picture.toImage().pixelColor((at * picture.devicePixelRatio()).toPoint());
        const auto wanted = expertColour(best);
        EXPECT_LT(std::abs(seen.red() - wanted.red()) + std::abs(seen.green() - wanted.green()) +
                      std::abs(seen.blue() - wanted.blue()),
                  8)
            << token;
    }
    m_window->close();
    EXPECT_TRUE(QSettings().value("texts").toStringList().isEmpty()) << "the toy's text was not chosen";
}

TEST_F(WelcomeTest, WhatWasOpenedLatelyIsACardAndATabLeavesTheCards) {
    auto options = toyOptions();
    openWindow(options);
    EXPECT_FALSE(welcome()->isVisible()) << "a model is being opened";
    ASSERT_TRUE(eventually([&] { return state() == "Ready" && enabled("convert"); })) << banner();
    m_window->close();
    openWindow({});
    QCommandLinkButton* lately = nullptr;
    for (auto* button : welcome()->findChildren<QCommandLinkButton*>())
        if (button->text() == "toy.gguf") lately = button;
    ASSERT_NE(lately, nullptr);
    QTest::mouseClick(lately, Qt::LeftButton);
    ASSERT_TRUE(eventually([&] { return m_window->tabs().isVisible(); })) << banner();
    EXPECT_FALSE(m_window->controller().busy()) << "only the toy's card converts at once";

    openWindow({});
    ASSERT_TRUE(welcome()->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_3, Qt::ControlModifier);
    EXPECT_FALSE(welcome()->isVisible());
    EXPECT_EQ(m_window->tabs().currentIndex(), 2);
}

}  // namespace
}  // namespace dotmoe::studio
