// The form of a fork: the parent's recipe, and only what comes after its kept states left to change.
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

#include "app/studio/panels/paths_edit.h"
#include "app/studio/panels/recipe_panel.h"

namespace dotmoe::studio {

void RecipePanel::setFork(const std::filesystem::path& folder) {
    const auto recipe = recipe_to_fork(folder);
    m_fork = folder;
    lay(recipe, {});
}

void RecipePanel::showFork() {
    const std::pair<QWidget*, const char*> fields[] = {
        {m_method, "method"},        {m_routing, "routing.rule"},    {m_experts, "layout.experts"},
        {m_active, "layout.active"}, {m_shared, "layout.shared"},    {m_seed, "seed"},
        {m_steps, "distill.steps"},  {m_fit, "recover.fit_windows"}, {m_recover, "recover.steps"},
    };
    const auto may_change = m_fork ? changeable_in(*m_fork) : [](const std::string&) { return true; };
    for (const auto& [field, setting] : fields) field->setEnabled(may_change(setting));
    m_presets->setEnabled(!m_fork);
    m_forkNote->setVisible(m_fork.has_value());
    m_anew->setVisible(m_fork.has_value());
    if (!m_fork) return;
    m_forkNote->setText(tr("A fork of %1. What comes after its layer-wise phase may change: the steps, "
                           "recovery, and the settings of distill and recover.")
                            .arg(QString::fromStdString(m_fork->filename().string())));
    m_forkNote->setToolTip(QString::fromStdString(m_fork->string()));
}

void RecipePanel::focusChange() {
    m_steps->setFocus();
    m_steps->selectAll();
}

}  // namespace dotmoe::studio
