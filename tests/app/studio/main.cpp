// A QApplication around all tests, with settings of its own.
#include <gtest/gtest.h>

#include <QSettings>
#include <QTemporaryDir>

#include "frame_meter.h"

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("DISPLAY") && !qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    ::testing::InitGoogleTest(&argc, argv);
    dotmoe::studio::MeasuredApplication application(argc, argv);
    const QTemporaryDir settings;
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, settings.path());
    QApplication::setApplicationName("dotmoe-studio-test");
    QApplication::setOrganizationName("dotmoe");
    return RUN_ALL_TESTS();
}
