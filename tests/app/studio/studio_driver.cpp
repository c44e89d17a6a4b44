#include "studio_driver.h"

#include <QLabel>
#include <QTableView>
#include <QToolBar>

#include "app/studio/layer_model.h"
#include "app/studio/panels/banner.h"

namespace dotmoe::studio {

namespace fs = std::filesystem;

void StudioDriver::openWindow(const Options& options) {
    m_window = std::make_unique<MainWindow>(options);
    m_window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
}

Options StudioDriver::toyOptions() const {
    Options options;
    options.model = toyModel();
    options.text = {fs::path(DOTMOE_DEPS) / "text"};
    options.out = fs::path(m_folder.path().toStdString()) / "out";
    options.preset = "toy";
    return options;
}

fs::path StudioDriver::toyModel() {
    auto path = fs::path(DOTMOE_DEPS) / "model" / "toy.gguf";
    EXPECT_TRUE(fs::exists(path)) << "packaging/test.sh makes the toy model";
    return path;
}

void StudioDriver::click(const char* action) {
    auto* button = find<QToolBar>("toolbar")->widgetForAction(find<QAction>(action));
    ASSERT_NE(button, nullptr) << action;
    ASSERT_TRUE(button->isEnabled()) << action;
    QTest::mouseClick(button, Qt::LeftButton);
}

std::string StudioDriver::actionText(const char* action) {
    return find<QAction>(action)->text().remove(u'&').toStdString();
}

std::string StudioDriver::state() {
    return find<QLabel>("state")->text().toStdString();
}

std::string StudioDriver::banner() {
    auto* shown = find<Banner>("banner");
    return shown->isVisible() ? shown->message().toStdString() : std::string();
}

std::string StudioDriver::badge(int layer) {
    auto* table = find<QTableView>("layers");
    return table->model()->index(layer, LayerModel::badge).data().toString().toStdString();
}

}  // namespace dotmoe::studio
